"""The types of a description, as that which becomes of values that come in XML-RPC.

XML-RPC has bytes and dates with times; all else that JSON has not, it has not either, and
it travels as texts and numbers in the same way: what an annotation leaves no doubt of is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from exchange.gateways.json_texts import TEXTS
from exchange.gateways.json_turns import JSON_KINDS, UNTOLD, Member, from_text
from exchange.gateways.json_types import JsonTypes
from exchange.gateways.type_text import TypeNode

XMLRPC_KINDS: dict[str, frozenset[type]] = {
    **JSON_KINDS,
    "bytes": frozenset({bytes}),
    "datetime": frozenset({datetime}),
    "date": frozenset({datetime}),
}
"""What values of each type are in XML-RPC; of ``any``, all."""


class XmlRpcMember(Member):
    """One of the types of a union."""

    kinds: ClassVar[Mapping[str, frozenset[type]]] = XMLRPC_KINDS

    @staticmethod
    def told(value: Any) -> Any:
        """Return a value of a literal as it travels, or `UNTOLD` if it is no simple one."""
        return value if type(value) in (type(None), bool, str, bytes, int) else UNTOLD


class XmlRpcTypes(JsonTypes):
    """The types of one description; see `JsonTypes`."""

    texts: ClassVar[frozenset[str]] = frozenset(TEXTS) - {"bytes", "datetime"}
    member: ClassVar[type[Member]] = XmlRpcMember

    @staticmethod
    def from_text(kind: str, value: Any) -> Any:
        """Return a value of one of `texts`; a date may also come as a ``dateTime.iso8601``, whose time is let go."""
        return value.date() if kind == "date" and type(value) is datetime else from_text(kind, value)

    def _is_turned(self, node: TypeNode) -> bool:
        return node.kind != "literal" and super()._is_turned(node)
