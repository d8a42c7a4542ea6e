"""Notices: how a subscription is told that a link could not carry all that it was to hear.

A notice is a report of `$exchange` on the subject ``skipped``, addressed to one
subscription. Whoever sends over a link that cannot keep up makes it, be it a hub or the
publisher's own process; the instance that it names is number 0 of that exchange.
"""

from __future__ import annotations

from exchange.routing.interest import BUILT_IN

SKIPPED = "skipped"

COUNT = "count"
"""The key of its content under which it says how many."""


def is_notice(name: str, subject: str) -> bool:
    """Whether a report of a service on a subject, addressed to one subscription, is a notice."""
    return subject == SKIPPED and name == BUILT_IN
