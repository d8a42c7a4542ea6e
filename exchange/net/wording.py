"""How people are told of the far end of a link: where it is, and why it cannot be reached.

What Twisted says of both is meant for programs; here it is in the words that endpoints
are written in, and in as few as suffice.
"""

from __future__ import annotations

import errno
import os
from typing import Any

from twisted.internet.address import UNIXAddress
from twisted.internet.error import (
    ConnectError,
    ConnectionDone,
    ConnectionRefusedError,
    DNSLookupError,
    TimeoutError,
)
from twisted.internet.interfaces import ISSLTransport
from twisted.python.failure import Failure

from exchange.net.tls_wording import told_of
from exchange.wire.dialogue import Dialogue
from exchange.wire.identities import readable, title_of

REASONS: list[tuple[type[Exception], str]] = [
    (ConnectionRefusedError, "nobody listens there"),
    (DNSLookupError, "there is no such host"),
    (TimeoutError, "nobody answers"),
]


def place_of(address: Any) -> str:
    """Return the address of an end of a connection, written as an endpoint: ``tcp:127.0.0.1:11111``."""
    if isinstance(address, UNIXAddress):
        return f"unix:{os.fsdecode(address.name)}" if address.name else "a Unix socket"
    host, port = getattr(address, "host", None), getattr(address, "port", None)
    return f"tcp:{host}:{port}" if host is not None and port is not None else str(address)


def about_link(dialogue: Dialogue, place: str) -> dict[str, str | None]:
    """Return what the log says of a link: who is at the far end, if that is known, and where.

    Besides the words for people that are its ``way``, these are the id of the far exchange, by which
    administrators know the link, and the principal that one of the two has proved to be to the other.
    """
    far = dialogue.far
    who = "" if far is None else f"{title_of(far.identity, far.name)} at "
    way = f"{'to' if dialogue.dialling else 'from'} {who}{place}"
    return {"way": way, "link": readable(far.identity) if far is not None else None, "principal": dialogue.principal}


def loss_of(reason: Failure, transport: Any) -> str:
    """Return in few words how a connection was lost."""
    if ISSLTransport.providedBy(transport):
        from exchange.net.tls_context import trouble_of

        handle: Any = transport
        trouble = trouble_of(handle.getHandle()) or told_of(reason)
        if trouble:
            return trouble
    if reason.check(ConnectionDone):
        return "the far end is gone without a word"
    return reason.getErrorMessage().rstrip(".")


def reason_of(error: BaseException | None) -> str:
    """Return in few words why a link could not be made."""
    for kind, reason in REASONS:
        if isinstance(error, kind):
            return reason
    cause = error.osError if isinstance(error, ConnectError) and error.osError else error
    number = cause if isinstance(cause, int) else getattr(cause, "errno", None)
    if number == errno.ENOENT:
        return "there is no such socket"
    text = os.strerror(number) if isinstance(number, int) else str(cause)
    return " ".join(text.split()).rstrip(".") or type(error).__name__
