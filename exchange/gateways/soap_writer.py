"""A result to the element that answers a SOAP request.

The type of a value is told on it, as ``xsi:type``, where the declared type leaves it
open, or is another one than the value has: what a method returns always travels, also
if its annotation is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lxml import etree

from exchange import Description, MethodDescription
from exchange.gateways.inexpressible import Inexpressible
from exchange.gateways.soap_names import PREFIXES, TYPES, XSI_NIL, XSI_TYPE, prefixed, qualified, xml_name
from exchange.gateways.soap_scalars import EXACT_FLOATS, NAMES, SCALARS
from exchange.gateways.soap_types import ARRAYS, GENERIC, Parts, SoapTypes, declared, has_parts, literal_kind, types_of
from exchange.gateways.type_text import ANY, TypeNode

_ARRAYS = (list, tuple, set, frozenset)


def write_result(
    value: Any, method: MethodDescription, description: Description, namespace: str | None = None
) -> etree._Element:
    """Return the element that brings a result: ``<multiplyResponse><result>42</result></multiplyResponse>``.

    What would have parts, and is ``None``, is not there.
    Whoever puts it into another element must not declare a namespace of `PREFIXES` there
    under another prefix.

    Args:
        namespace: That of the service, if it was given another one.

    Raises:
        UnsuitableValue: 52; XML cannot express it.
    """
    types = types_of(description, namespace)
    tag = qualified(types.namespace, types.response_name(method))
    prefixes: Any = {None: types.namespace, **PREFIXES}
    answer = etree.Element(tag, nsmap=prefixes)
    node = types.read(method.returns)
    if value is None and has_parts(node):  # as is said in `SoapTypes.is_left_out`
        return answer
    try:
        _Writer(types).write(answer, types.namespace, Parts.RESULT, value, node)
    except Inexpressible as error:
        raise error.of_result() from None
    return answer


class _Writer:
    """Writes values into elements, by the types of one service."""

    def __init__(self, types: SoapTypes) -> None:
        self._types = types
        self._own = types.namespace

    def write(self, parent: etree._Element, namespace: str, name: str, value: Any, node: TypeNode) -> None:
        """Add an element that holds a value; ``node`` is what it is declared to be.

        Raises:
            Inexpressible: XML cannot hold it.
        """
        element = etree.SubElement(parent, qualified(namespace, name))
        if value is None:
            element.set(XSI_NIL, "true")
            return
        known = declared(node)
        if known.kind != "any" and self._fits(value, known):
            self._write_known(element, value, known)
            return
        record = next((part for part in node.parts if part.kind == "record" and self._fits(value, part)), None)
        if node.kind == "union" and record:
            element.set(XSI_TYPE, xml_name(record.name))  # in the namespace that has no prefix
            self._write_known(element, value, record)
        else:
            self._write_any(element, value)

    def _fits(self, value: Any, node: TypeNode) -> bool:
        """Whether a value is of a type, not looking at its parts."""
        kind = type(value)
        if node.kind == "float" and kind is int:
            return value in EXACT_FLOATS
        if node.kind == "literal":
            return any(type(known) is kind and known == value for known in node.values)
        if node.kind == "record":
            fields = self._types.fields(node.name)
            return kind is dict and value.keys() <= fields.keys() and _has_required(value, fields.values())
        if node.kind == "fixed":
            return kind in (list, tuple) and len(value) == len(node.parts)
        if node.kind in GENERIC:
            return kind in _ARRAYS if node.kind in ARRAYS else kind is dict
        return NAMES.get(kind) == node.kind

    def _write_known(self, element: etree._Element, value: Any, node: TypeNode) -> None:
        if node.kind == "record":
            for name, field in self._types.fields(node.name).items():
                if name in value and not self._types.is_left_out(node.name, name, value[name]):
                    self._write_part(element, self._own, (xml_name(name), name), value[name], self._read(field.type))
        elif node.kind == "fixed":
            for place, (item, part) in enumerate(zip(value, node.parts, strict=True)):
                self._write_part(element, self._own, (Parts.numbered(place), place), item, part)
        elif node.kind in ARRAYS:
            self._write_items(element, self._own, value, node.parts[0])
        elif node.kind == "dict":
            self._write_entries(element, self._own, value, node.parts)
        else:
            kind = literal_kind(node) if node.kind == "literal" else node.kind
            element.text = SCALARS[str(kind)].write(value)

    def _write_any(self, element: etree._Element, value: Any) -> None:
        """Write a value whose type is told on it."""
        kind = type(value)
        if kind in NAMES:
            scalar = SCALARS[NAMES[kind]]
            element.set(XSI_TYPE, prefixed(scalar.tag))
            element.text = scalar.write(value)
            return
        if kind is not dict and kind not in _ARRAYS:
            raise Inexpressible(f"SOAP cannot express a value of type '{kind.__qualname__}'")
        element.set(XSI_TYPE, prefixed(qualified(TYPES, kind.__name__)))
        if kind is dict:
            self._write_entries(element, TYPES, value, (ANY, ANY))
        else:
            self._write_items(element, TYPES, value, ANY)

    def _write_items(self, element: etree._Element, namespace: str, values: Iterable[Any], node: TypeNode) -> None:
        for place, item in enumerate(values):
            self._write_part(element, namespace, (Parts.ITEM, place), item, node)

    def _write_entries(
        self, element: etree._Element, namespace: str, value: dict[Any, Any], nodes: tuple[TypeNode, ...]
    ) -> None:
        for key, item in value.items():
            entry = etree.SubElement(element, qualified(namespace, Parts.ENTRY))
            self._write_part(entry, namespace, (Parts.KEY, key), key, nodes[0])
            self._write_part(entry, namespace, (Parts.VALUE, key), item, nodes[1])

    def _write_part(
        self, element: etree._Element, namespace: str, named: tuple[str, Any], value: Any, node: TypeNode
    ) -> None:
        """Write a part under the name of its element; the path to it has its place, or its key."""
        name, step = named
        try:
            self.write(element, namespace, name, value, node)
        except Inexpressible as error:
            raise error.within(step) from None

    def _read(self, text: str) -> TypeNode:
        return self._types.read(text)


def _has_required(value: dict[str, Any], fields: Iterable[Any]) -> bool:
    return all(field.name in value for field in fields if field.required)
