"""One HTTP connection that keeps what comes in within bounds.

A body that is too large is answered as soon as that is known: from its announced
length, or when more than the limit has come. What still comes then is thrown away for
a while, because a connection closed at once would often take the answer with it. A
request must arrive in time; bytes that drip in buy no more of it. So must an answer be
read: one that nobody reads would be kept for ever.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from twisted.internet.interfaces import IAddress, IDelayedCall
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web import http
from twisted.web.http_headers import Headers
from twisted.web.resource import IResource
from twisted.web.server import Request
from twisted.web.server import version as SERVER

from exchange.gateways.caller import Losable
from exchange.gateways.deadline import Deadline
from exchange.gateways.headed import Headed
from exchange.gateways.outlet import Outlet
from exchange.gateways.refusals import HEAD_TOO_LARGE, Refusal, too_large
from exchange.gateways.whole import Whole, read_whole

if TYPE_CHECKING:
    from exchange.gateways.site import GatewaySite

REFUSED_LINGER = 2.0
LINGER = 10.0
"""Seconds for a far end to take the answer to what it is still sending; the first, if nothing of it was wanted."""

LONGEST_PAUSE = 60.0
SLOWEST = 2**15
"""An answer must be read within so many seconds, and one more for each so many bytes of it."""

MOST_AT_ONCE = 32
"""Requests of one connection that are answered before it is the turn of others."""

MAX_HEAD = 16_384
"""Largest head of a request, in bytes."""

MAX_HEADERS = 100
"""The most headers of one request."""

MALFORMED = Refusal(http.BAD_REQUEST, "what came is no request of HTTP/1.1, or an ambiguous one; see RFC 9112")
LONG_PATH = Refusal(http.REQUEST_URI_TOO_LONG, f"the first line of a request may have {MAX_HEAD} bytes at most")
LONG_HEAD = Refusal(
    HEAD_TOO_LARGE, f"the head of a request may have {MAX_HEAD} bytes and {MAX_HEADERS} headers at most"
)


@lru_cache(maxsize=1)
def _signature_at(second: int) -> bytes:
    """Return the headers that say who answers, and when: now, which is within ``second``."""
    return b"Server: %s\r\nDate: %s" % (SERVER, http.datetimeToString())


class BoundedRequest(Losable):
    """A request whose body is kept only as far as the site allows.

    Attributes:
        is_too_large: Whether its body is larger than that; what is kept of it is then of no use.
    """

    is_too_large = False
    _received = 0
    channel: BoundedConnection

    def gotLength(self, length: int | None) -> None:
        """The head has come, with the length of the body if that is known."""
        if length is not None and length > self._limit:
            self._give_up()
        super().gotLength(0 if self.is_too_large else length)

    def handleContentChunk(self, data: bytes) -> None:
        """A part of the body has come."""
        self._received += len(data)
        if self._received > self._limit:
            self._give_up()
        if not self.is_too_large:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        """All of it has come; its body is not taken apart, as Twisted would do if it called itself a form."""
        content: Any = self.content
        content.seek(0)
        self.method, self.uri, self.clientproto = command, path, version
        self.path, asks, query = path.partition(b"?")
        self.args = http.parse_qs(query, True) if asks else {}
        self.process()

    def process(self) -> None:
        """Find the resource that is to answer, and have it do so.

        As Twisted does, in fewer steps; who answered, and when, is said in `BoundedConnection.writeHeaders`.
        """
        if self.path == b"*":
            super().process()
            return
        self.site = self.channel.site
        self.prepath = []
        self.postpath = [unquote_to_bytes(step) for step in self.path[1:].split(b"/")]
        try:
            found: Any = self.site.getResourceFor(self)
            encoder_of = getattr(found, "getEncoder", None)
            self._encoder = encoder_of(self) if encoder_of is not None else None
            self.render(found)
        except BaseException:
            self.processingFailed(Failure())

    def write(self, data: bytes) -> None:
        """Write a part of the answer; its head too, even if there is nothing more of it yet."""
        super().write(data)
        if self.channel.holds_head:
            self.channel.write(b"")

    def render(self, resrc: IResource) -> None:
        """Have ``resrc`` answer, unless it knows nothing of bodies that are too large."""
        if self.is_too_large and not getattr(resrc, "refuses_too_large", False):
            self.write(too_large(self._limit).send(self))
            self.finish()
        else:
            super().render(Headed(resrc) if self.method == b"HEAD" else resrc)

    @property
    def _limit(self) -> int:
        return self.channel.site.max_body

    def _give_up(self) -> None:
        self.is_too_large = True
        self.requestHeaders.removeHeader(b"expect")  # or the far end would be asked to go on


class BoundedConnection(http.HTTPChannel):
    """Takes requests one after another; made by a `GatewaySite`."""

    site: GatewaySite
    transport: Any

    MAX_LENGTH = totalHeadersSize = MAX_HEAD
    maxHeaders = MAX_HEADERS

    _has_begun = False
    """Whether some of the next request has come."""

    _is_refusing = False
    """Whether a request was refused, or the connection, and what still comes is thrown away."""

    def __init__(self) -> None:
        super().__init__()
        self._is_reading = False
        self._head = b""
        self._head_size = self._head_lines = 0
        self._addresses: tuple[IAddress, IAddress] | None = None
        self._read_until = 0.0
        self._answered = 0
        self._turn: IDelayedCall | None = None

    def connectionMade(self) -> None:
        """Begin to wait for a request, unless there are too many connections."""
        self._deadline = Deadline(self.site.reactor, self.timeoutConnection)
        self._reading = Deadline(self.site.reactor, self.transport.abortConnection)
        self._outlet = Outlet(self.transport)
        self.timeOut = self.site.idle
        super().connectionMade()
        refusal = self.site.admit(self)
        if refusal is not None:
            self._refuse(refusal, REFUSED_LINGER)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """End what is under way."""
        self.site.discard(self)
        super().connectionLost(reason)
        self._deadline.end_timer()
        self._reading.end_timer()
        if self._turn is not None:
            self._turn.cancel()

    def dataReceived(self, data: bytes) -> None:
        """Take some bytes; those that are a whole request, and nothing unusual, in few steps."""
        if self._is_refusing:
            return
        is_between = self.persistent and not self._has_begun and not self._is_reading
        whole = read_whole(data, self.totalHeadersSize, self.maxHeaders) if is_between else None
        if whole is not None and len(whole.body) <= self.site.max_body:
            self._take(whole)
            return
        is_inner, self._is_reading = self._is_reading, True
        self._answered = self._answered if is_inner else 0
        try:
            super().dataReceived(data)
        finally:
            self._is_reading = is_inner
        if self._buffer and self.persistent:
            self.resetTimeout()  # of the next request, which has begun

    def _take(self, whole: Whole) -> None:
        """Have a request answered, as Twisted does when it has taken the last line of one."""
        request = self.requestFactory(self)
        request.requestHeaders = whole.headers
        self.requests.append(request)
        self._has_begun = True
        request.gotLength(len(whole.body))
        request.handleContentChunk(whole.body)
        self._command, self._path, self._version = b"POST", whole.uri, b"HTTP/1.1"
        self.allContentReceived()

    def getPeer(self) -> IAddress:
        """Return the address of the far end."""
        return self._both_addresses()[0]

    def getHost(self) -> IAddress:
        """Return the address of this end."""
        return self._both_addresses()[1]

    def _both_addresses(self) -> tuple[IAddress, IAddress]:
        if self._addresses is None:  # each request wants them, and the kernel would be asked again
            self._addresses = self.transport.getPeer(), self.transport.getHost()
        return self._addresses

    def writeHeaders(self, version: bytes, code: bytes, reason: bytes, headers: Headers) -> None:
        """Keep the head of an answer until there is more of it."""
        said = dict(headers.getAllRawHeaders())
        lines = [b"%s %s %s" % (version, code, reason)]
        if b"Date" not in said and b"Server" not in said:
            lines.append(_signature_at(int(time.time())))
        lines += [b"%s: %s" % (name, value) for name, values in said.items() for value in values]
        self._head = b"\r\n".join([*lines, b"", b""])

    @property
    def holds_head(self) -> bool:
        """Whether the head of an answer waits for more of it."""
        return bool(self._head)

    def write(self, data: bytes) -> None:
        """Write a part of an answer, and its head before the first."""
        data, self._head = self._head + data, b""
        self._outlet.write(data)
        if self._waitingForTransport:
            self._want_read(len(data))

    def writeSequence(self, iovec: Iterable[bytes]) -> None:
        """Write a part of an answer that is in pieces."""
        self.write(b"".join(iovec))

    def resumeProducing(self) -> None:
        """All that was written has gone to the far end, or at least to the kernel."""
        self._read_until = 0.0
        self._reading.set(None)
        super().resumeProducing()

    def loseConnection(self) -> None:
        """Close when all has been read, for which there is not more time than otherwise."""
        self._want_read(0)
        super().loseConnection()

    def _want_read(self, size: int) -> None:
        """Break off if the far end does not read in time; ``size`` bytes more wait for it."""
        now = self.site.reactor.seconds()
        self._read_until = max(self._read_until, now + LONGEST_PAUSE) + size / SLOWEST
        self._reading.set(self._read_until - now)

    def close_after_answer(self) -> None:
        """Close, when whatever request is here has been answered."""
        if self._has_begun or self.requests:
            self.persistent = False
        else:
            self.loseConnection()

    timeOut: Any

    def setTimeout(self, period: Any) -> Any:
        """Close in so many seconds, unless told otherwise meanwhile; return what was told last."""
        before, self.timeOut = self.timeOut, period
        self._deadline.set(period)
        return before

    def resetTimeout(self) -> None:
        """Count the time from the first bytes of a request."""
        if not self._has_begun:
            self._has_begun = True
            self.setTimeout(self.site.patience)

    def lineReceived(self, line: bytes) -> None:
        """Take one line of a head, if it is not too much."""
        self._head_size += len(line)
        self._head_lines += bool(line)
        if self._is_refusing:
            return
        if line and self.persistent:
            self.resetTimeout()  # it may stand behind a request that was answered at once
        if self._head_size > MAX_HEAD or self._head_lines > MAX_HEADERS + 1:
            self._refuse(LONG_HEAD)
        else:
            super().lineReceived(line)

    def headerReceived(self, line: bytes) -> bool:
        """Take one header; a length that is beyond all numbers is malformed."""
        try:
            taken: bool = super().headerReceived(line)
        except ValueError:
            self._respondToBadRequestAndDisconnect()
            return False
        return taken

    def lineLengthExceeded(self, line: bytes) -> None:
        """Refuse a line of the head that is too long."""
        if not self._is_refusing:
            self._refuse(LONG_HEAD if self._head_lines else LONG_PATH)

    def _respondToBadRequestAndDisconnect(self) -> None:
        """Refuse what is malformed; Twisted calls this."""
        if not self._is_refusing:
            self._refuse(MALFORMED)

    def allHeadersReceived(self) -> None:
        """Answer at once if the body is going to be too large."""
        self._head_size = self._head_lines = 0
        super().allHeadersReceived()
        self._refuse_too_large()

    def rawDataReceived(self, data: bytes) -> None:
        """Take a part of a body, and answer as soon as it is too large."""
        if not self._is_refusing:
            super().rawDataReceived(data)
            self._refuse_too_large()

    def allContentReceived(self) -> None:
        """Have the request answered, unless it was already."""
        if not self._is_refusing:
            super().allContentReceived()

    def requestDone(self, request: Request) -> None:
        """Wait for the next request; or, if this one was refused, for the far end to close."""
        if isinstance(request, Losable):
            request.when_lost = None
        if self._is_refusing:
            self.requests.remove(request)
            self.setTimeout(LINGER)
        else:
            self._has_begun = False
            self._savedTimeOut = self.site.idle
            self._answered += 1
            if self._answered >= MOST_AT_ONCE and self._is_reading and self._turn is None:
                self.paused = True  # what has come waits, as it does while an answer is made
                self._turn = self.site.reactor.callLater(0, self._go_on)
            super().requestDone(request)
            if self._turn is not None:
                self._networkProducer.pauseProducing()

    def _go_on(self) -> None:
        """Take what came meanwhile: others have had their turn."""
        self._turn = None
        self.paused = False
        if not self._waitingForTransport:
            self._networkProducer.resumeProducing()
        self.dataReceived(b"")

    def timeoutConnection(self) -> None:
        """Close, having told a far end whose request did not arrive in time, unless it has yet to read an answer."""
        if self._waitingForTransport and not self._has_begun and not self._is_refusing:
            self.setTimeout(self.site.idle)
            return
        if self._has_begun and not self._is_refusing:
            text = f"a request must arrive within {self.site.patience:g} seconds"
            self._tell(Refusal(http.REQUEST_TIMEOUT, text))
        super().timeoutConnection()

    def _refuse(self, refusal: Refusal, linger: float = LINGER) -> None:
        """Answer with ``refusal``, and close when the far end does, or after some seconds."""
        self._tell(refusal)
        self._is_refusing = True
        self.persistent = False
        self.setTimeout(linger)

    def _tell(self, refusal: Refusal) -> None:
        headers = Headers({b"connection": [b"close"]})
        body = refusal.fill(headers)
        self.writeHeaders(b"HTTP/1.1", b"%d" % refusal.status, refusal.reason, headers)
        self.write(body)

    def _refuse_too_large(self) -> None:
        request = self.requests[-1] if self.requests else None
        if not isinstance(request, BoundedRequest) or not request.is_too_large or self._handlingRequest:
            return
        request.responseHeaders.setRawHeaders(b"connection", [b"close"])
        self.persistent = False
        self._is_refusing = True
        super().allContentReceived()
