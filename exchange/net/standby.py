"""Standing by: a dialer waits until it is time to try again.

A hub that was refused because the two have joined by another link tries again as soon
as that one is lost, so that it is missed for no longer than must be.
"""

from __future__ import annotations

from twisted.internet.defer import Deferred

from exchange.net.link import LinkProtocol
from exchange.net.links import Links
from exchange.wire.identities import Identity


def is_linked(links: Links, far: Identity | None) -> bool:
    """Whether a link to the exchange ``far`` is attached."""
    return any(link.identity == far for link in links.attached)


def stand_by(links: Links, seconds: float, far: Identity | None = None) -> Deferred[None]:
    """Return a Deferred that fires after ``seconds``, or once no link to ``far`` is left; it may be cancelled.

    Args:
        far: The exchange that is linked by another link; ``None`` is to wait for the time alone.
    """
    over: Deferred[None] = Deferred()
    timer = links.reactor.callLater(seconds, over.callback, None)

    def told(link: LinkProtocol, is_attached: bool) -> None:
        if not is_attached and link.identity == far and not is_linked(links, far) and timer.active():
            timer.reset(0)

    def is_over(result: None) -> None:
        links.told.remove(told)
        if timer.active():
            timer.cancel()
        return result

    links.told.append(told)
    return over.addBoth(is_over)
