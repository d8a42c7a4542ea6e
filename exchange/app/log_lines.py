"""How one event of the log is written: as a line for people, or as a line of JSON for programs.

Both name the link, the principal and the trace that it is about, as far as these are known:
the event says so, or the call that is being answered here does. Nothing that a stranger sent
begins a line of its own, or commands a terminal; nothing that is a secret by its name is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from twisted.logger import ILogObserver, LogEvent, formatEvent, formatEventAsClassicLogText
from twisted.python.failure import Failure
from zope.interface import implementer

from exchange.services.current import running_call
from exchange.wire.telling import plain, text_of, told

ABOUT = ("link", "principal", "trace_id", "span_id")
"""What a line for people says besides its text."""

OF_THE_LINE = frozenset({"time", "level", "namespace", "text", "failure"})
"""What a line of JSON says itself; a field of an event that is called so has an underscore behind it."""

WHOLE = frozenset({"text", "line"})
"""Fields that may be all that the text of an event is; they are not written twice."""

NOT_FIELDS = frozenset({"isError", "message", "system", "format"})
"""What Twisted puts into events for observers of old."""

SECRET = re.compile("passw|secret|token|credential|authori[sz]ation|cookie|private", re.IGNORECASE)
WITHHELD = "withheld"

LONGEST_TEXT = 65_536
MOST_ITEMS = 100
DEEPEST = 4
LARGEST = 2**63
"""Of what a field holds; the rest is left out, and a larger number is written as text."""


@implementer(ILogObserver)
class TextLines:
    """Writes events for people, as twistd does.

    Args:
        stream: Takes text, and is flushed after each.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, event: LogEvent) -> None:
        """Write one event, if it says anything; a failure with its traceback, indented."""
        lines = formatEventAsClassicLogText(event)
        if not lines:
            return
        first, *others = lines.rstrip("\n").split("\n")
        said = {name: value for name, value in about(event).items() if name in ABOUT and not _says(first, name, value)}
        suffix = f" ({', '.join(f'{name}={value}' for name, value in said.items())})" if said else ""
        _write(self._stream, plain("\n".join([f"{first}{suffix}", *others])))


@implementer(ILogObserver)
class JsonLines:
    """Writes events for programs: one object of JSON in each line, in ASCII.

    Args:
        stream: Takes text, and is flushed after each.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, event: LogEvent) -> None:
        """Write one event; whatever it holds, there comes a line of it."""
        try:
            line = json.dumps(line_of(event), allow_nan=False)
        except Exception as error:
            text = f"an event of the log cannot be written: {told(error)}"
            line = json.dumps({"time": _time_of(event), "level": "error", "namespace": __name__, "text": text})
        _write(self._stream, line)


def line_of(event: LogEvent) -> dict[str, Any]:
    """Return what a line of JSON says of an event."""
    text = formatEvent(event)
    line: dict[str, Any] = {
        "time": _time_of(event),
        "level": getattr(event.get("log_level"), "name", "info"),
        "namespace": str(event.get("log_namespace", "")),
        "text": _cut(text),
    }
    for name, value in about(event).items():
        found = _told(name, value, DEEPEST)
        if found is not _LEFT_OUT and not (name in WHOLE and found == text):
            line[f"{name}_" if name in OF_THE_LINE else name] = found
    failure = event.get("log_failure")
    if isinstance(failure, Failure):
        line["failure"] = {
            "type": _type_of(failure),
            "message": _cut(text_of(failure.value)),
            "traceback": _cut(failure.getTraceback()),
        }
    return line


def about(event: LogEvent) -> dict[str, Any]:
    """Return the fields of an event, and what the call that is being answered here adds to them."""
    fields = {name: value for name, value in event.items() if not name.startswith("log_") and name not in NOT_FIELDS}
    if fields.get("time") == event.get("log_time"):
        fields.pop("time", None)  # Twisted puts it into events of the old kind
    call = running_call()
    if call is not None:
        if call.principal is not None:
            fields.setdefault("principal", call.principal)
        if call.traceparent is not None:
            for name, value in trace_of(call.traceparent).items():
                fields.setdefault(name, value)
    return {name: value for name, value in fields.items() if value is not None}


def trace_of(traceparent: str) -> dict[str, str]:
    """Return the ids of trace and span that a ``traceparent`` names."""
    _, trace, span, _ = traceparent.split("-", 3)
    return {"trace_id": trace, "span_id": span}


def _says(line: str, name: str, value: Any) -> bool:
    """Whether a line says a field already; the name of a principal stands in quotes there, if it does."""
    return (repr(value) if name == "principal" else str(value)) in line


class _LeftOut:
    """Stands for what is not written."""


_LEFT_OUT = _LeftOut()


def _told(name: str, value: Any, deep: int) -> Any:
    """Return a value as JSON can have it; what is no plain value is left out: nobody knows what its text would hold."""
    if SECRET.search(name) and value:
        return WITHHELD
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _cut(str.__str__(value))
    if isinstance(value, bytes):
        return _cut(value.hex())
    if isinstance(value, int):
        return int(value) if -LARGEST <= value < LARGEST else hex(value)[:MOST_ITEMS]
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    if deep and isinstance(value, list | tuple | set | frozenset):
        found = [_told(name, each, deep - 1) for each in list(value)[:MOST_ITEMS]]
        return [each for each in found if each is not _LEFT_OUT]
    if deep and isinstance(value, Mapping):
        pairs = {str(key): _told(str(key), each, deep - 1) for key, each in list(value.items())[:MOST_ITEMS]}
        return {key: each for key, each in pairs.items() if each is not _LEFT_OUT}
    return _LEFT_OUT


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def _time_of(event: LogEvent) -> str:
    time = datetime.fromtimestamp(event.get("log_time") or 0.0, UTC)
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _type_of(failure: Failure) -> str:
    kind: Any = failure.type
    module = getattr(kind, "__module__", "")
    name = getattr(kind, "__qualname__", "")
    return name if module == "builtins" else f"{module}.{name}"


def _write(stream: TextIO, line: str) -> None:
    stream.write(line.encode("utf-8", "backslashreplace").decode() + "\n")
    stream.flush()
