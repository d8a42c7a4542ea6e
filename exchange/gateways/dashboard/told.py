"""Values as the page shows them: as JSON where that has words for them, or else as Python writes them."""

from __future__ import annotations

from typing import Any, NamedTuple

from exchange.gateways.inexpressible import Inexpressible
from exchange.gateways.jsonrpc_writer import plain, write_json

LONGEST = 2**16
"""Characters of one value that are shown."""


class Told(NamedTuple):
    """A value in words.

    Attributes:
        kind: ``"json"``, or ``"python"`` for what JSON has no words for.
        is_cut: Whether the end was left out.
    """

    kind: str
    text: str
    is_cut: bool

    def as_dict(self) -> dict[str, Any]:
        """Return it as the page is told."""
        return {"kind": self.kind, "text": self.text, "cut": self.is_cut}


def told(value: Any, longest: int = LONGEST) -> Told:
    """Return a value in words, and no more of them than ``longest`` characters."""
    try:
        kind, text = "json", write_json(plain(value))
    except (Inexpressible, RecursionError, ValueError):
        kind, text = "python", repr(value)
    text = text.encode("utf-8", "replace").decode()  # lone surrogates are no text for others
    return Told(kind, text[:longest], len(text) > longest)


def in_json(value: Any) -> Any:
    """Return what a hub tells of itself as JSON has it: bytes are ids, and are written as digits."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(name): in_json(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [in_json(each) for each in value]
    return value
