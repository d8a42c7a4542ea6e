"""A page that listens to live reports, in memory: what an EventSource does over a connection to a site."""

from __future__ import annotations

from typing import Any

from tests.gateways.sse import Event, EventReader, unchunked
from tests.gateways.web import Line, Web


class Browser:
    """Listens to one URL, and comes back to it when it has lost the connection.

    Args:
        target: Path and query.
    """

    def __init__(self, web: Web, target: str, *headers: str) -> None:
        self._web = web
        self._target = target
        self._headers = headers
        self.reader = EventReader()
        self.connect()

    def connect(self) -> None:
        """Ask for the URL, over a connection of its own."""
        head = [f"GET {self._target} HTTP/1.1", "Host: here", "Accept: text/event-stream", *self._headers]
        if self.reader.last_id:
            head.append(f"Last-Event-ID: {self.reader.last_id}")
        self.line: Line = self._web.line()
        self._read = 0
        self.line.send("\r\n".join([*head, "", ""]).encode())

    @property
    def status(self) -> int:
        """The status of the answer."""
        return int(self.line.unread.split(b" ", 2)[1])

    @property
    def headers(self) -> dict[str, str]:
        """The head of the answer."""
        head = self.line.unread.partition(b"\r\n\r\n")[0].decode()
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:])}

    @property
    def is_at_its_end(self) -> bool:
        """Whether the answer has ended in good order."""
        return unchunked(self.line.unread.partition(b"\r\n\r\n")[2])[1]

    def listen(self) -> list[Event]:
        """Return what has come since this was asked last."""
        self._web.network.settle()
        body = unchunked(self.line.unread.partition(b"\r\n\r\n")[2])[0]
        self.reader.feed(body[self._read :].decode())
        self._read = len(body)
        events, self.reader.events = self.reader.events, []
        return events

    def heard(self) -> list[tuple[str, Any]]:
        """Return names and contents of what has come since this was asked last."""
        return [(event.type, event.content) for event in self.listen()]
