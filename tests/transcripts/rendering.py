"""Renders a frame as a line that people read: `REQUEST p1.1 to=math method=multiply args=[6 7]`."""

from __future__ import annotations

import re
from typing import Any

from exchange.wire.failures import error_of
from exchange.wire.frames import Frame, body_of
from exchange.wire.identities import ID_SIZE, IDENTITY_SIZE, SECRET_SIZE, Id, maker_of, number_of
from exchange.wire.layouts import LAYOUTS, Kind
from exchange.wire.values import decode_value

PLAIN = re.compile(r"[^\s\[\]{}=\"]+")


class Rendering:
    """Knows the names that the story gave to identities."""

    def __init__(self) -> None:
        self.names: dict[bytes, str] = {}

    def frame(self, frame: Frame) -> str:
        """Return a frame as a line; fields that are empty or nil are left out."""
        kind, thing, array, _ = frame
        layout = LAYOUTS[kind]
        assert layout is not None
        words = [Kind(kind).name, *([self.value(thing)] if thing else [])]
        for field, value in zip(layout.fields, array, strict=True):
            if value not in (None, "", (), b"", {}):
                words.append(f"{field.name.replace(' ', '-')}={self.value(value)}")
        return " ".join(words + self._body(frame))

    def value(self, value: Any) -> str:
        """Return a value as a word."""
        match value:
            case None | True | False:
                return {None: "nil", True: "true", False: "false"}[value]
            case bytes():
                return self._bytes(value)
            case str():
                readable = re.sub("[0-9a-f]{40}", lambda found: self._bytes(bytes.fromhex(found[0])), value)
                return readable if PLAIN.fullmatch(readable) else f'"{readable}"'
            case dict():
                pairs = " ".join(f"{self.value(key)}={self.value(item)}" for key, item in value.items())
                return "{" + pairs + "}"
            case list() | tuple():
                return "[" + " ".join(map(self.value, value)) + "]"
            case _:
                return str(value)

    def _bytes(self, value: bytes) -> str:
        if len(value) == ID_SIZE:
            return f"{self._bytes(maker_of(Id(value)))}.{number_of(Id(value))}"
        if len(value) == IDENTITY_SIZE:
            return self.names.get(value, f"0x{value.hex()[:8]}..")  # else it is the digest of a description
        return "shown" if len(value) == SECRET_SIZE else f"0x{value.hex()}"

    def _body(self, frame: Frame) -> list[str]:
        if frame[0] == Kind.FAILURE:
            error = error_of(frame)
            return [type(error).__name__]
        body = body_of(frame[3])
        if not body:
            return []
        value = decode_value(body, 0)
        match frame[0]:
            case Kind.REQUEST:
                parts = zip(("args", "kwargs", "context"), value, strict=False)
                return [f"{name}={self.value(part)}" for name, part in parts if part or name == "args"]
            case Kind.REPORT:
                return [f"content={self.value(value[0])}", *([f"number={value[1]}"] if value[1] else [])]
            case _:
                return [f"result={self.value(value)}"]
