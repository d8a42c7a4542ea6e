"""Types of descriptions as types of XML Schema.

What has one type travels as that; what may be of several, or of any, is ``xs:anyType``,
and its own type is told on each value. What has parts is a sequence of elements, named
in `Parts`. Dataclasses and typed dicts are types with names, in the namespace of
the service; what they hold may be given in any order when it comes, and has one when
it goes. The table is in ``docs/howto/soap-gateway.md``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from exchange import Description, MethodDescription, ParameterDescription
from exchange.gateways.soap_names import namespace_of, qualified, xml_name
from exchange.gateways.type_text import ANY, TypeNode, read_type

ARRAYS = ("list", "tuple", "set", "frozenset")
"""Kinds of any number of ``item``; in the namespace `TYPES` there is one of each for items of any type."""

GENERIC = (*ARRAYS, "dict")

MOST_KEPT = 64
"""Services of which it is kept how their types look."""


class Parts:
    """The names of elements in what has parts."""

    ITEM = "item"
    ENTRY = "entry"
    KEY = "key"
    VALUE = "value"
    RESULT = "result"

    @staticmethod
    def numbered(place: int) -> str:
        """Return the name of an item of a tuple whose items have a type each; the first is ``item1``."""
        return f"item{place + 1}"


class SoapTypes:
    """What the types of one service are in XML.

    Attributes:
        namespace: That of all elements and types of the service.
    """

    def __init__(self, description: Description, namespace: str | None = None) -> None:
        self.description = description
        self.namespace = namespace or namespace_of(description.name)
        self._nodes: dict[str, TypeNode] = {}
        self._fields: dict[str, dict[str, ParameterDescription]] = {}
        self._requests = {xml_name(method): method for method in description.methods}
        self._records = {self.record_tag(name): TypeNode("record", name) for name in description.types}
        self._default_none = {
            (each["name"], field["name"])
            for each in description.as_dict()["types"]
            for field in each["fields"]
            if "default" in field and field["default"] is None
        }

    def read(self, text: str) -> TypeNode:
        """Return a type, taken apart."""
        node = self._nodes.get(text)
        if node is None:
            node = self._nodes[text] = read_type(text, self.description.types)
        return node

    def fields(self, record: str) -> dict[str, ParameterDescription]:
        """Return what a dataclass or typed dict has, by name."""
        fields = self._fields.get(record)
        if fields is None:
            fields = {field.name: field for field in self.description.types[record].fields}
            self._fields[record] = fields
        return fields

    def is_left_out(self, record: str, field: str, value: Any) -> bool:
        """Whether a field is not sent, because it is ``None`` and is that if it is not given.

        Only one that has parts is left out: some programs do not see that it is ``xsi:nil``.
        """
        described = self.fields(record)[field]
        is_none = self.is_none_without(described) or (record, field) in self._default_none
        return value is None and is_none and has_parts(self.read(described.type))

    def is_none_without(self, field: ParameterDescription) -> bool:
        """Whether an argument, or a field, that must be given is ``None`` if it is not: if else it would have parts."""
        node = self.read(field.type)
        return field.required and node.takes_none and has_parts(node)

    def record_tag(self, record: str) -> str:
        """Return the name of its type."""
        return qualified(self.namespace, xml_name(record))

    def record_of(self, tag: str) -> TypeNode | None:
        """Return the record whose type has this name."""
        return self._records.get(tag)

    def method_of(self, name: str) -> MethodDescription | None:
        """Return the method that an element of this name asks for."""
        method = self._requests.get(name)
        return None if method is None else self.description.methods[method]

    def response_name(self, method: MethodDescription) -> str:
        """Return the name of the element that answers: ``multiplyResponse``, unless a method is called that."""
        name = xml_name(method.name) + "Response"
        while name in self._requests:
            name += "_"
        return name


@lru_cache(maxsize=MOST_KEPT)
def types_of(description: Description, namespace: str | None = None) -> SoapTypes:
    """Return how the types of a service look; equal descriptions share it."""
    return SoapTypes(description, namespace)


def declared(node: TypeNode) -> TypeNode:
    """Return the type that an element is declared with: one of several is any, and so is a mixed literal."""
    node = node.besides_none
    if node.kind in ("union", "None"):
        return ANY
    if node.kind == "literal" and literal_kind(node) is None:
        return ANY
    return node


def has_parts(node: TypeNode) -> bool:
    """Whether elements stand in an element that is declared with it."""
    kind = declared(node).kind
    return kind in GENERIC or kind in ("record", "fixed")


def literal_kind(node: TypeNode) -> str | None:
    """Return the kind that all values of a literal have; ``None`` if they have several, or one that is rare."""
    kinds = {type(value) for value in node.values}
    return "str" if kinds == {str} else "int" if kinds == {int} else None
