"""What the trail says of plans, in words: a part of the table in services/timeline.py."""

from __future__ import annotations

# fmt: off
PLANS: dict[str, tuple[str, str]] = {
    "subscription:activate":      ("signed",    "said that the plan is active"),
    "subscription:lapse":         ("declined",  "said that the payment for the plan failed"),
    "subscription:pause":         ("objected",  "said that the plan is paused"),
    "subscription:shut":          ("declined",  "let the organisation only read"),
    "subscription:cancel":        ("voided",    "said that the plan has ended"),
    "subscription:extend":        ("created",   "opened the trial again"),
    "subscription:change":        ("edited",    "changed the plan"),
    "subscription:schedule":      ("edited",    "changed what becomes of the plan"),
    "subscription:order":         ("created",   "chose a plan"),
    "subscription:open_checkout": ("edited",    "opened the checkout of a plan"),
    "subscription:surplus":       ("declined",  "said that there is a second subscription"),
}
# fmt: on
