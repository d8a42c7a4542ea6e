"""Reaching a hub: the first link of a caller who waits for it, or the reason why there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TimeIsUp
from twisted.internet.endpoints import quoteStringArgument
from twisted.internet.error import ConnectError, ConnectionRefusedError, DNSLookupError, TimeoutError

from exchange import Exchange, LinkRefused, back_off
from exchange.callers.waits import check_timeout

SHORT = re.compile(r"(?P<host>[^:\[\]=/]+|\[[0-9a-fA-F:.]+\]):(?P<port>\d+)")
KINDS = {"tcp", "tls", "ssl", "unix"}
FIRST_PAUSE = 0.25
"""Seconds after the first attempt that failed: somebody sits and waits."""

PASSING = {"greeting", "slow", "replaced", "stopped", "left"}
"""Codes of a farewell after which it is worth while to dial again."""

UNREACHABLE = "unreachable"

REASONS: list[tuple[type[Exception], str]] = [
    (ConnectionRefusedError, "nobody listens there"),
    (DNSLookupError, "there is no such host"),
    (TimeoutError, "nobody answers"),
]


class Dials(Protocol):
    """What ``Exchange.connect`` returns, as far as it matters here."""

    def when_linked(self, attempts: int = 0) -> Deferred[None]:
        """Return a Deferred that fires with the next link, or fails with so many attempts."""


async def reach(exchange: Exchange, hubs: Sequence[str], timeout: float) -> None:
    """Start ``exchange``, and return when one of ``hubs`` has welcomed it; it keeps a link from then on.

    Hubs that are not there yet are dialled again, until the time is up.

    Raises:
        LinkRefused: None took us in time; the text names them, and says why. The exchange is stopped.
        ConfigurationError: What names a hub cannot be understood.
        TypeError: A hub is not named by a text, or ``timeout`` is no number.
        ValueError: ``timeout`` is none that can be waited for.
    """
    check_timeout(timeout, or_none="")
    dialer = exchange.connect(*map(endpoint_of, hubs), retry=back_off(FIRST_PAUSE))
    exchange.startService()
    try:
        await first_link(dialer, " or ".join(hubs), len(hubs), timeout, exchange.reactor)
    except Exception:
        await exchange.stopService()
        raise


def endpoint_of(hub: str) -> str:
    """Return the endpoint string of a hub that may be written ``host:port`` for short."""
    if not isinstance(hub, str):
        raise TypeError(f"a hub is named by a text, as in 'localhost:11111', not by {hub!r:.100}")
    short = SHORT.fullmatch(hub)
    if short is None or short["host"] in KINDS:
        return hub
    return f"tcp:{quoteStringArgument(short['host'].strip('[]'))}:{short['port']}"


async def first_link(dialer: Dials, places: str, count: int, timeout: float, clock: Any) -> None:
    """Return when one of ``count`` hubs, at ``places``, has welcomed us; see `reach`."""
    until = clock.seconds() + timeout
    reason, refusals = "nobody answers", 0
    while True:
        left = max(0.0, until - clock.seconds())
        try:
            await dialer.when_linked(attempts=1).addTimeout(left, clock)
        except TimeIsUp:
            text = f"no hub at {places} took us in {timeout:g} seconds ({reason}); is it running?"
            raise LinkRefused(UNREACHABLE, text) from None
        except LinkRefused as error:
            reason = error.text
            refusals += error.code not in PASSING
            if refusals >= count:
                raise LinkRefused(error.code, f"the hub at {places} does not take us: {error.text}") from None
        except Exception as error:
            reason, refusals = _told(error), 0
        else:
            return


def _told(error: Exception) -> str:
    for kind, reason in REASONS:
        if isinstance(error, kind):
            return reason
    text = error.osError if isinstance(error, ConnectError) and error.osError else error
    return " ".join(str(text).split()).rstrip(".") or type(error).__name__
