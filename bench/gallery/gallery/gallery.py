"""Every component in every state, a page per subject."""

from __future__ import annotations

from pathlib import Path

import reflex as rx

from contractflow.components import buttons, dialog, fields, pill, sections, skeleton
from contractflow.components import table as tables
from contractflow.components.block_editor import BlockEditor
from contractflow.components.checklist import checklist, step
from contractflow.components.empty import empty
from contractflow.components.head import DESK, STYLESHEETS, desk, head
from contractflow.components.icon import link
from contractflow.components.notice import failure, notice
from contractflow.components.portal_shell import next_step, portal_frame
from contractflow.components.shell import frame, top_line
from contractflow.components.signature_pad import signature_pad
from contractflow.components.story import STORY
from contractflow.components.theme import theme_choice
from contractflow.components.timeline import timeline
from contractflow.components.toasts import Toasts
from contractflow.pages import landing  # noqa: F401  one look at the real thing
from contractflow.web.csp import CspMiddleware
from gallery.rows import BLOCKS, DOCUMENTS, LONG, Person

ERROR = "That does not look like an email address. Check the part after the @."
LOOKS = {
    name: getattr(pill, name)
    for name in (
        "DOCUMENT",
        "APPROVAL",
        "DRAFT",
        "SIGNER",
        "INVOICE",
        "PAYMENT",
        "SUBSCRIPTION",
        "LEAD",
        "PROJECT",
    )
}


class Gallery(rx.State):
    md: dict[str, str] = {key: md for key, md, _ in BLOCKS}
    base: int = 1
    stored: dict[str, str] = {}
    signature: str = ""

    @rx.event
    async def save(self, key: str, md: str, base: str):
        self.md = self.md | {key: md}
        self.base, self.stored = self.base + 1, {key: f"{base}:{md}"}

    @rx.event
    async def sign(self, kind: str, value: str):
        self.signature = f"{kind}: {value}"[:120]


def _member(route, title, *content, desk=False, action=None, menu=None):
    line = top_line(title, action, menu)
    return frame(route, line, *content, desk=desk, who=Person())


def _documents_action():
    return buttons.link_button("New document", "/documents/new", "plus")


def _row(row):
    return tables.table_row(
        tables.name_cell(row.title, "/documents"),
        tables.cell(pill.pill(pill.DOCUMENT, row.status)),
        tables.cell(row.client, wide=True),
        tables.value_cell(row.total),
        tables.time_cell(row.ago, "12 March 2027, 14:02 CET"),
        key=row.title,
    )


HEADINGS = ["Name", "Status", ("Client", "wide"), ("Total", "value"), ("Changed", "wide")]


@rx.page(route="/documents", title="Documents")
def documents():
    found = fields.rx.el.input(
        type="search", placeholder="Search", class_name="cf-input", aria_label="Search documents"
    )
    return _member(
        "/documents",
        "Documents",
        tables.toolbar(found),
        tables.table("Documents", HEADINGS, DOCUMENTS, _row),
        tables.pager("1–9 of 9"),
        action=_documents_action,
        menu=lambda: dialog.menu(
            buttons.icon_button("ellipsis", "More"), dialog.menu_item("Export", rx.noop())
        ),
    )


@rx.page(route="/clients", title="Nothing yet")
def nothing():
    words = "Clients are whom you send contracts to. Add the first one, with the person who signs."
    return _member(
        "/clients",
        "Clients",
        empty("users", words, buttons.primary("Add client", "plus")),
        action=lambda: buttons.primary("Add client", "plus"),
    )


@rx.page(route="/invoices", title="Loading")
def loading():
    return _member("/invoices", "Invoices", skeleton.skeleton_rows(8))


@rx.page(route="/home", title="Home")
def home():
    return _member(
        "/home",
        "Good morning, Maya",
        sections.section(
            "First steps",
            checklist(
                step("Invite a colleague", "Somebody else approves what you write.", True),
                step("Add a client", "With the person who signs.", False, buttons.secondary("Add client")),
                step(
                    "Create a document",
                    "Brief, price, payment plan; the AI drafts it.",
                    False,
                    buttons.secondary("New document"),
                ),
                step("Send it to be signed", "Your client needs no account.", False),
            ),
        ),
        sections.section("Waiting on you", tables.table("Waiting on you", HEADINGS, DOCUMENTS[:3], _row)),
        sections.section(
            "Waiting on the client",
            notice("info", "Nothing waits on a client.", "What you send appears here until it is signed."),
        ),
        action=_documents_action,
    )


@rx.page(route="/settings/controls", title="Controls")
def controls():
    words = ("Send to client", "send")
    return _member(
        "/settings/members",
        "Controls",
        sections.section(
            "Buttons",
            rx.el.div(
                buttons.primary(*words),
                buttons.secondary("Recall"),
                buttons.quiet("Preview", "eye"),
                buttons.danger("Void"),
                buttons.primary(*words, busy=True),
                buttons.primary(*words, blocked=True, why="Only admins and above can send."),
                buttons.icon_button("ellipsis", "More"),
                class_name="cf-line cf-line--wrap",
            ),
        ),
        sections.section(
            "Dialogs",
            rx.el.div(
                dialog.confirm(
                    buttons.secondary("Confirm"),
                    "Send to Anna Berg?",
                    "She gets a mail with a link. You can recall it until she signs.",
                    "Send to client",
                    rx.noop(),
                ),
                dialog.dialog(
                    buttons.secondary("By name"),
                    "Delete this organisation?",
                    dialog.typed_form(
                        "Delete organisation",
                        "Northlight Studio",
                        "name",
                        errors={"name": "", "form": ""},
                        on_submit=lambda _: rx.noop(),
                    ),
                    words="Everybody is told. It cannot be undone.",
                ),
                dialog.menu(
                    buttons.secondary("Menu"),
                    dialog.menu_item("Duplicate", rx.noop()),
                    dialog.menu_rule(),
                    dialog.menu_item("Void", rx.noop(), destroys=True),
                ),
                theme_choice(),
                class_name="cf-line cf-line--wrap",
            ),
        ),
        sections.section(
            "Fields",
            rx.el.div(
                fields.text_field("Agency name", "agency", placeholder="Northlight Studio"),
                fields.text_field(
                    "Work email",
                    "email",
                    type="email",
                    value="anna@",
                    error=ERROR,
                    help="The invitation goes here.",
                ),
                fields.password_field("Password", "password", help="Twelve characters or more."),
                fields.money_field("Total", "total", "EUR", value="16,000.00"),
                fields.select_field("Tone", "tone", [("plain", "Plain and friendly"), ("formal", "Formal")]),
                fields.text_area(
                    "Scope", "scope", required=False, help="What you will do, in your own words.", value=LONG
                ),
                fields.date_field("Starts on", "starts", required=False),
                fields.checkbox(
                    "The client is a consumer",
                    "consumer",
                    help="Then the disclosure for consumers is shown.",
                    required=False,
                ),
                fields.text_field("Locked", "locked", value="Cannot be changed now", disabled=True),
                class_name="cf-form cf-form--narrow",
            ),
        ),
        *[
            sections.section(
                name.capitalize(),
                rx.el.div(*[pill.pill(looks, key) for key in looks], class_name="cf-line cf-line--wrap"),
            )
            for name, looks in LOOKS.items()
        ],
        sections.section(
            "Notices",
            rx.el.div(
                notice("info", "Two people have this open.", "You see each other's changes."),
                notice("good", "Everything is signed.", "The sealed PDF is on its way."),
                notice(
                    "warning",
                    "This version is not approved.",
                    "It was changed after Jonas approved it.",
                    buttons.secondary("Submit for review"),
                ),
                failure(
                    "The documents could not be loaded. Nothing was lost.",
                    "01J9Z3",
                    buttons.secondary("Retry", "rotate-ccw"),
                ),
                class_name="cf-stack",
            ),
        ),
        sections.section(
            "Facts and progress",
            sections.tabs(
                "Parts",
                "a",
                [
                    ("a", "Overview", "/home"),
                    ("b", "Documents", "/documents"),
                    ("c", "A long one of them", "/clients"),
                ],
            ),
            sections.facts(("Client", "Fernhill Outdoor GmbH"), ("Total", "€16,000.00"), ("Number", LONG)),
            sections.progress_words(1, 2, "signed"),
        ),
        sections.section("Empty", empty("inbox", "Nothing is waiting for you.")),
    )


@rx.page(route="/documents/one", title="Document")
def document():
    blocks = [
        BlockEditor.create(
            block_id=key,
            md=Gallery.md[key],
            html=html,
            base=Gallery.base.to_string(),
            stored=Gallery.stored[key],
            label=f"block {key}",
            on_save=Gallery.save,
        )
        for key, _, html in BLOCKS
    ]
    outline = rx.el.nav(
        *[rx.el.a(key.capitalize(), href=f"#block-{key}") for key, _, _ in BLOCKS],
        class_name="cf-outline",
        aria_label="Outline",
    )
    return _member(
        "/documents",
        LONG,
        rx.el.div(
            rx.el.div(outline, class_name="cf-document__outline"),
            rx.el.article(
                rx.el.div(
                    rx.el.h1("Statement of work"),
                    rx.el.p(
                        "between ",
                        rx.el.span("Northlight Studio", class_name="cf-variable"),
                        " and Fernhill Outdoor GmbH",
                    ),
                    class_name="cf-text",
                ),
                *blocks,
                class_name="cf-paper",
            ),
            rx.el.aside(rx.el.div(timeline(STORY), class_name="cf-card"), class_name="cf-document__rail"),
            class_name="cf-document",
        ),
        desk=True,
        action=lambda: buttons.primary("Send to client", "send"),
    )


@rx.page(route="/portal/one", title="Portal")
def portal():
    return portal_frame(
        "Northlight Studio",
        rx.el.article(
            rx.el.div(
                rx.el.h1("Statement of work"), *[rx.html(html) for _, _, html in BLOCKS], class_name="cf-text"
            ),
            class_name="cf-paper",
        ),
        about=LONG,
        human=rx.fragment("Questions? Ask Maya Chen, ", link("maya@northlight.test", href="/home")),
        step=next_step(
            "Step 1 of 3 · 4 pages to read",
            buttons.secondary("Decline"),
            buttons.primary("Review and sign", "signature"),
        ),
    )


@rx.page(route="/portal/sign", title="Sign")
def sign():
    return portal_frame(
        "Northlight Studio",
        rx.el.div(
            rx.el.h1("Sign"),
            signature_pad(signer_name="Anna Berg", on_change=Gallery.sign),
            rx.el.p(Gallery.signature, id="out", class_name="cf-small cf-clip"),
            class_name="cf-stack",
        ),
        about="Spring campaign",
        step=next_step("Step 3 of 3", buttons.primary("Sign document", "signature")),
    )


BUILT = Path(__file__).parent.parent / ".web/build/client"
app = rx.App(
    api_transformer=[
        lambda app: CspMiddleware(app, BUILT, {})
    ],  # the product's own policy: what breaks under it breaks here
    stylesheets=STYLESHEETS,
    head_components=head(),
    extra_app_wraps={DESK: desk},
    toaster=Toasts.create(),
    html_lang="en",
)
