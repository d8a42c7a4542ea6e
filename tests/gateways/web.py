"""A web site in memory: connections to it are made of bytes, and nothing listens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple
from xmlrpc.client import Fault, dumps, loads

from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.pages import notFound
from twisted.web.resource import IResource, Resource
from twisted.web.server import Request, Site

from exchange.testing import Network

AT = "/xmlrpc/service"


class Answer(NamedTuple):
    """What came back to one request."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def result(self) -> Any:
        """What the call gave.

        Raises:
            xmlrpc.client.Fault: It brought a fault.
        """
        assert self.status == 200, f"{self.status}: {self.body!r}"
        (result,), _ = loads(self.body, use_builtin_types=True)
        return result

    @property
    def fault(self) -> Fault:
        """The fault that came instead of a result."""
        try:
            result = self.result
        except Fault as fault:
            return fault
        raise AssertionError(f"no fault, but {result!r}")


class Line:
    """One connection to the site; what comes back is read in its order."""

    def __init__(self, network: Network, site: Site) -> None:
        self._network = network
        self._transport: Any = StringTransport()
        self._protocol: Any = site.buildProtocol(None)
        self._read = 0
        self._is_over = False
        self._protocol.makeConnection(self._transport)

    def send(self, data: bytes) -> None:
        """Send bytes, and let everything happen that follows from them."""
        self._protocol.dataReceived(data)
        self._network.settle()

    def send_at_once(self, data: bytes) -> None:
        """Send bytes, and let no time pass in which anything else could happen."""
        self._protocol.dataReceived(data)

    def is_closed(self) -> bool:
        """Whether the site has closed the connection."""
        return bool(self._transport.disconnecting or self._transport.disconnected)

    @property
    def is_aborted(self) -> bool:
        """Whether the site has broken the connection off."""
        return bool(self._transport.disconnected)

    def pause(self) -> None:
        """Read nothing, so that the transport has enough."""
        self._transport.producer.pauseProducing()

    def resume(self) -> None:
        """Read again."""
        self._transport.producer.resumeProducing()

    def pause_after(self, writes: int) -> None:
        """Read only what comes in so many writes."""
        left = [writes]

        def limited(write: Callable[[Any], None], data: Any) -> None:
            write(data)
            left[0] -= 1
            if left[0] == 0:
                self.pause()

        for name in ("write", "writeSequence"):
            setattr(self._transport, name, partial(limited, getattr(self._transport, name)))

    @property
    def unread(self) -> bytes:
        """What has come and was not read."""
        received: bytes = self._transport.value()
        return received[self._read :]

    def answer(self, to: str = "POST") -> Answer:
        """Read the next answer; one to HEAD has no body, whatever its head says."""
        head, found, rest = self.unread.partition(b"\r\n\r\n")
        assert found, f"no answer, but {self.unread!r}"
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        length = int(headers.get("content-length", 0)) if to != "HEAD" else 0
        assert len(rest) >= length, f"a part of an answer: {self.unread!r}"
        self._read += len(head) + len(found) + length
        return Answer(int(first.split()[1]), headers, rest[:length])

    def hang_up(self) -> None:
        """Close from our end."""
        if not self._is_over:
            self._is_over = True
            self._protocol.connectionLost(Failure(ConnectionDone()))
        self._network.settle()


class Web:
    """What a browser or a library does, in memory."""

    def __init__(self, network: Network, site: Site) -> None:
        self.network = network
        self.site = site
        self.lines: list[Line] = []

    def line(self) -> Line:
        """Open a connection."""
        line = Line(self.network, self.site)
        self.lines.append(line)
        return line

    def ask(self, raw: bytes) -> Answer:
        """Send one request over a connection of its own, and return the answer."""
        line = self.line()
        line.send(raw)
        answer = line.answer(raw.split(b" ")[0].decode())
        line.hang_up()
        return answer

    def post(self, name: str, body: bytes, *headers: str) -> Answer:
        """Post a body to the service ``name``."""
        return self.ask(posted(body, *headers, path=f"{AT}/{name}"))

    def call(self, name: str, method: str, *args: Any) -> Any:
        """Call a method as the standard library does, and return what it gives."""
        return self.post(name, called(method, *args), "Content-Type: text/xml").result

    def close(self) -> None:
        """Hang up wherever that was not done."""
        for line in self.lines:
            line.hang_up()


def called(method: str, *args: Any) -> bytes:
    """Return the body of a request, as the standard library writes it."""
    return dumps(args, method, allow_none=True).encode()


def asking(method: str, *args: str) -> bytes:
    """Return the body of a request whose arguments are written in XML."""
    params = "".join(f"<param><value>{arg}</value></param>" for arg in args)
    return f"<methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>".encode()


def posted(body: bytes, *headers: str, path: str = f"{AT}/math", length: bool = True) -> bytes:
    """Return a POST that brings ``body``."""
    lines = [f"POST {path} HTTP/1.1", "Host: here", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def chunked(*chunks: bytes) -> bytes:
    """Return chunks as they travel, the end included."""
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])


class Folder(Resource):
    """A place in a site that shows only what was put into it."""

    def getChild(self, path: bytes, request: Request) -> IResource:
        """Return what is shown in place of what is not there."""
        return notFound()


def mounted(path: str, resource: Resource) -> Resource:
    """Return the root of a site that has ``resource`` at ``path``."""
    root = place = Folder()
    *folders, last = path.strip("/").split("/")
    for folder in folders:
        inner = Folder()
        place.putChild(folder.encode(), inner)
        place = inner
    place.putChild(last.encode(), resource)
    return root
