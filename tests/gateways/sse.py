"""Reads server-sent events as the HTML standard says that a browser must, and answers that come in chunks."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple


class Event(NamedTuple):
    """One event, as a page is given it."""

    type: str
    data: str
    last_id: str

    @property
    def content(self) -> Any:
        """Its data, which is JSON."""
        return json.loads(self.data)


class EventReader:
    """Takes a stream as it comes; see "Interpreting an event stream" in the standard."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.comments: list[str] = []
        self.retry: int | None = None
        self.last_id = ""
        self._rest = ""
        self._data: list[str] = []
        self._type = ""

    def feed(self, text: str) -> None:
        """Take some of the stream; a line that is not complete waits."""
        *lines, self._rest = re.split("\r\n|\n|\r", self._rest + text)
        for line in lines:
            self._take(line)

    def _take(self, line: str) -> None:
        if not line:
            self._dispatch()
        elif line.startswith(":"):
            self.comments.append(line[1:])
        else:
            field, _, value = line.partition(":")
            self._field(field, value.removeprefix(" "))

    def _field(self, field: str, value: str) -> None:
        if field == "event":
            self._type = value
        elif field == "data":
            self._data.append(value)
        elif field == "id" and "\0" not in value:
            self.last_id = value
        elif field == "retry" and value.isascii() and value.isdigit():
            self.retry = int(value)

    def _dispatch(self) -> None:
        if self._data:
            self.events.append(Event(self._type or "message", "\n".join(self._data), self.last_id))
        self._data, self._type = [], ""


def unchunked(body: bytes) -> tuple[bytes, bool]:
    """Return what has come of a body in chunks, and whether it is complete."""
    whole = b""
    while body:
        size, found, rest = body.partition(b"\r\n")
        length = int(size, 16)
        assert found
        assert rest[length : length + 2] == b"\r\n", "a chunk that is not complete"
        if not length:
            return whole, True
        whole += rest[:length]
        body = rest[length + 2 :]
    return whole, False
