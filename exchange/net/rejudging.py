"""Rejudging: those who have linked with us are judged anew, when whom we let in and what they may has changed.

Whoever would not be let in any more is told so, and their link ended. What they may call is looked
at for each call, so that it changes at once. But what somebody has announced and subscribed to, and
what they were shown, was judged once: if they may offer, hear or see other things than before, or use
another amount, their link ends in good order, and they make it anew within a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from exchange.net.links import Links
from exchange.routing.policy import Policy

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol

ANEW = "what you may do here has changed: link again"
UNKNOWN = "you are not among those any more whom this hub lets in"
OTHERWISE = "this hub wants to know now who you are, or in another way than you proved it"

LEAVING_TIME = 5.0
"""Seconds in which calls under way may end, before the link does."""


class Judged(NamedTuple):
    """What came of it.

    Attributes:
        ended: Links of those who would not be let in now.
        renewed: Links that are to be made anew.
    """

    ended: int
    renewed: int


def judge_anew(links: Links, policy: Policy) -> Judged:
    """Let ``policy`` rule from now on, and judge by it, and by all else that `Links` says, those who have linked."""
    before, links.policy = links.policy, policy
    policy.take_over(before)
    ended = renewed = 0
    for link in [link for link in links.attached if link in links.proved]:
        refusal = _refusal_of(links, link)
        if refusal is not None:
            ended += 1
            link.say_bye(*refusal)
        elif not link.is_hub:
            renewed += _grant_anew(links, link, before)
    return Judged(ended, renewed)


def _refusal_of(links: Links, link: LinkProtocol) -> tuple[str, str] | None:
    """Return code and words for somebody who would not be let in now."""
    far, principal = links.proved[link], link.principal
    authenticator = links.authenticators.get(far.mechanism)
    if links.authenticators and authenticator is None:
        return "denied", OTHERWISE
    knows = getattr(authenticator, "knows", None)
    if knows is not None and not knows(principal or ""):
        return "denied", UNKNOWN
    if far.is_hub and not links.is_trusted(link, principal, far.mechanism):
        return "role", f"'{principal or 'somebody unknown'}' is not among those any more that are believed as hubs here"
    return None


def _grant_anew(links: Links, link: LinkProtocol, before: Policy) -> bool:
    """Let the far end have what it may now; return whether it has to link anew for it."""
    now = links.reactor.seconds()
    link.grant = links.policy.grant_of(link.principal, now)
    if before.outlook_of(link.principal) == links.policy.outlook_of(link.principal):
        return False
    link.leave(ANEW, LEAVING_TIME)
    return True
