"""Links a verb of the `exchange` command to a hub, or says why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.internet.defer import TimeoutError as TimeIsUp
from twisted.internet.error import ConnectError, ConnectionRefusedError, DNSLookupError, TimeoutError

from exchange.app.cli.status import NoHub
from exchange.errors import LinkRefused
from exchange.net.retry import constant
from exchange.services.exchange import Exchange

PAUSE = 0.25
"""Seconds between attempts: somebody sits and waits."""

REASONS: list[tuple[type[Exception], str]] = [
    (ConnectionRefusedError, "nobody listens there"),
    (DNSLookupError, "there is no such host"),
    (TimeoutError, "nobody answers"),
]


async def link(exchange: Exchange, hubs: Sequence[str], *, wait: float, patience: float) -> None:
    """Start ``exchange``, and return when one of ``hubs`` has welcomed it.

    Args:
        wait: Seconds for a hub to appear; 0 is to try each once.
        patience: Seconds that it may take at most if none refuses.

    Raises:
        NoHub: None did; the text says why, and what to do.
    """
    exchange.connect(*hubs, retry=constant(PAUSE))
    exchange.startService()
    linked = exchange.when_linked(attempts=0 if wait else len(hubs))
    places = " or ".join(hubs)
    try:
        await linked.addTimeout(wait or patience, exchange.reactor)
    except LinkRefused as error:
        mend = "; name the right one with --group" if error.code == "group" else ""
        raise NoHub(f"the hub at {places} does not take us: {error.text}{mend}") from None
    except TimeIsUp:
        raise NoHub(f"no hub at {places} answered in {wait or patience:g} seconds; is it running?") from None
    except Exception as error:
        raise NoHub(f"no hub at {places} ({reason_of(error)}); start one with: twistd -n exchange") from None


def reason_of(error: Exception) -> str:
    """Return in few words why a connection could not be made."""
    for kind, reason in REASONS:
        if isinstance(error, kind):
            return reason
    text = error.osError if isinstance(error, ConnectError) and error.osError else error
    return " ".join(str(text).split()).rstrip(".") or type(error).__name__
