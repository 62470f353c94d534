"""For whoever was handed a signed PDF: is it genuine, who signed, and what that proves."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import primary
from contractflow.components.fields import text_field
from contractflow.components.file_check import file_check
from contractflow.components.notice import notice
from contractflow.components.public_shell import public_frame
from contractflow.components.sections import facts, section
from contractflow.components.skeleton import loaded, skeleton_text
from contractflow.services.verification import VerifiedSigner
from contractflow.state.verify import LARGEST, VerifyState

PROVES = (
    "A file that is intact here is the one that was sealed after the last signature, the same to the last byte. Any "
    "change, also one that a PDF reader does not show, is found.",
    "Everybody who signs agrees to sign electronically and confirms that this is their intent. Clients sign from a "
    "link that was mailed to them, after a one-time code sent to the same address. The last pages of the PDF print "
    "this evidence.",
    "The audit chain ties every step to the one before it, so that no step can be changed, added or left out later "
    "without a trace.",
)
CLAIMS_NO_MORE = (
    "These are simple electronic signatures with a seal by ContractFlow. They are not advanced or qualified "
    "signatures, no identity document was checked, and this page does not judge what the contract says."
)


@rx.page(route="/verify/[code]", title="Check a document · ContractFlow", on_load=VerifyState.load)
def verify() -> rx.Component:
    found = rx.cond(VerifyState.page.problem, _unknown(), _found())
    return public_frame(
        rx.el.div(loaded(VerifyState.is_loaded, found, skeleton_text(2)), class_name="cf-verify")
    )


@rx.page(route="/verify", title="Check a document · ContractFlow")
def verify_start() -> rx.Component:
    lead = "Is a signed PDF genuine, and who signed it? The code printed with its certificate tells you."
    return public_frame(
        rx.el.div(
            rx.el.h1("Check a document"),
            rx.el.p(lead, class_name="cf-verify__lead"),
            _code_form(),
            _proves(),
            class_name="cf-verify",
        )
    )


def _unknown() -> rx.Component:
    return rx.el.div(
        rx.el.h1("Check a document"),
        notice("warning", VerifyState.page.problem),
        _code_form(),
        class_name="cf-stack cf-stack--wide",
    )


def _found() -> rx.Component:
    page = VerifyState.page
    return rx.el.div(
        rx.el.h1("Document ", page.number),
        rx.el.p("Issued by ", page.org, class_name="cf-verify__lead"),
        rx.cond(page.is_sealed, _sealed(), _not_sealed()),
        section("Signatures", rx.el.ul(rx.foreach(page.signers, _signer), class_name="cf-verify__signers")),
        rx.cond(page.is_sealed, _record()),
        _proves(),
    )


def _sealed() -> rx.Component:
    page = VerifyState.page
    return rx.el.div(
        notice(
            "good",
            "This document is genuine: signed by everybody and sealed.",
            "Check your own file below to be sure that it is this document, unchanged.",
        ),
        rx.el.h2("Your file"),
        file_check(id="file", action=f"/api/verify/{page.code}", max_bytes=LARGEST),
        class_name="cf-stack cf-verify__file",
    )


def _not_sealed() -> rx.Component:
    words = "Its sealed PDF is being made, which takes a moment. Until then no file of it can be checked."
    return rx.el.div(notice("info", "This document is not sealed yet.", words), class_name="cf-verify__file")


def _signer(signer: VerifiedSigner) -> rx.Component:
    return rx.el.li(
        rx.el.span(signer.name, class_name="cf-strong"),
        rx.el.span(
            rx.cond(signer.signed_at, f"Signed {signer.signed_at}", "Not signed"), class_name="cf-muted"
        ),
        key=signer.name,
    )


def _record() -> rx.Component:
    page = VerifyState.page
    kept = rx.cond(
        page.is_chain_kept, "Our trail holds this entry unchanged.", "Our trail does not hold this entry."
    )
    return section(
        "Record",
        facts(
            ("Last signature", page.signed_at),
            ("Sealed", page.sealed_at),
            ("SHA-256 of the sealed PDF", rx.el.code(page.file_sha256)),
            ("SHA-256 of the signed text", rx.el.code(page.content_sha256)),
            ("Audit chain, as printed", rx.el.span(f"Entry #{page.chain_seq} ", rx.el.code(page.chain_head))),
            ("Audit chain today", kept),
        ),
    )


def _proves() -> rx.Component:
    return section(
        "What this proves",
        *[rx.el.p(sentence) for sentence in PROVES],
        rx.el.p(CLAIMS_NO_MORE, class_name="cf-muted"),
    )


def _code_form() -> rx.Component:
    return rx.el.form(
        text_field(
            "Code",
            "code",
            value=VerifyState.page.code,
            help="Sixteen characters, or the whole link, printed with the certificate of completion.",
            auto_complete="off",
            spell_check=False,
            max_length=200,
        ),
        primary("Check", type="submit"),
        on_submit=VerifyState.find,
        class_name="cf-verify__form",
    )
