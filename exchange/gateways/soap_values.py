"""Elements to values, each read as the type that is wanted; where that is open, as it says or looks itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from lxml import etree

from exchange import BadArguments
from exchange.errors import UnsuitableValue
from exchange.gateways.soap_names import TYPES, XSD, XSI_NIL, XSI_TYPE, qualified, text_of
from exchange.gateways.soap_prefixes import ToldTypes
from exchange.gateways.soap_scalars import NAMES, SCALARS, TOLD, Scalar, read_scalar
from exchange.gateways.soap_types import ARRAYS, GENERIC, Parts, SoapTypes
from exchange.gateways.type_text import ANY, TypeNode

DEEPEST = 64
"""How many values may stand one in another, the argument among them."""

MOST_ALIKE = 512
"""How many keys of a dict, or items of a set, may have the hash of another."""

_BUILD: dict[str, Any] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
_OPEN = ("any", "union", "None", "hinted")
_GENERIC = {qualified(TYPES, kind): TypeNode(kind, parts=(ANY, ANY)[: 1 + (kind == "dict")]) for kind in GENERIC}
_ANYTHING = qualified(XSD, "anyType")
_TEXT = TypeNode("str")
_NAMED = TypeNode("named")
"""A dict whose keys are the names of the elements: what somebody sends for whom no type was made."""


def name_of(element: etree._Element) -> str:
    """Return what an element is called, wherever its name is from."""
    return text_of(etree.QName(element).localname)


def shown(text: str) -> str:
    """Return a text as it is told in an error, which is not at any length."""
    return repr(text if len(text) <= 40 else f"{text[:40]}...")


class ValueReader:
    """Reads the values of one call.

    Args:
        title: What is called, for those who read what was wrong.
    """

    def __init__(self, types: SoapTypes, title: str) -> None:
        self._types = types
        self._title = title
        self._told_types = ToldTypes()

    def read(self, element: etree._Element, node: TypeNode, path: str, depth: int = 1) -> Any:
        """Return the value that an element holds.

        Args:
            path: The way to it, which begins with the name of the argument.

        Raises:
            BadArguments: It is not what is taken: a field is missing, or unknown; a literal is another.
            UnsuitableValue: 54; it cannot be read.
        """
        if depth > DEEPEST:
            raise self.unreadable(f"{path[:80]}...", f"is nested too deep: {DEEPEST} values may stand one in another")
        if (element.get(XSI_NIL) or "").strip() in ("true", "1"):
            if self._text(element, path).strip():
                raise self.unreadable(path, "is xsi:nil, and yet holds something")
            return None
        node = node.besides_none
        if node.kind in _OPEN:
            told = self._told(element, path)
            if told in TOLD:
                return self._scalar(element, TOLD[told], path)
            node = self._type_told(told, node, path) if told else self._guessed(element, node, path)
        if node.kind in SCALARS:
            return self._scalar(element, SCALARS[node.kind], path)
        if node.kind == "literal":
            return self._literal(element, node, path)
        return self._parts(element, node, path, depth + 1)

    def children(self, element: etree._Element, path: str) -> Iterator[etree._Element]:
        """Yield the elements inside one; comments and the like mean nothing.

        Raises:
            UnsuitableValue: 54; there is text beside them.
        """
        if element.text and element.text.strip():
            raise self.unreadable(path, f"must hold elements, not the text {shown(element.text.strip())}")
        for child in element:
            if child.tail and child.tail.strip():
                raise self.unreadable(path, f"must hold elements, not the text {shown(child.tail.strip())}")
            tag: Any = child.tag  # a function, if it is no element
            if isinstance(tag, str):
                yield child
            elif tag is etree.Entity:
                raise self.unreadable(path, "holds an entity, which is not taken")

    def bad(self, path: str, problem: str) -> BadArguments:
        """Return the failure of a call whose arguments are not what the method takes."""
        return BadArguments(f"{self._title}: {path} {problem}", delivered=False)

    def unreadable(self, path: str, problem: str) -> UnsuitableValue:
        """Return the failure of a call whose arguments cannot be read."""
        number = UnsuitableValue.CANNOT_DECODE_REQUEST
        return UnsuitableValue(f"{self._title}: {path} {problem}", number=number, delivered=False)

    def _told(self, element: etree._Element, path: str) -> str | None:
        """Return the name of the type that an element says it is of."""
        told = (element.get(XSI_TYPE) or "").strip()
        if not told:
            return None
        name = told.rpartition(":")[2]
        namespace = self._told_types.namespace_of(element)
        if namespace is None:
            raise self.unreadable(path, f"is said to be of type {shown(told)}, and nothing says what that prefix is")
        tag = qualified(namespace, name) if namespace else name
        return None if tag == _ANYTHING else tag

    def _type_told(self, tag: str, node: TypeNode, path: str) -> TypeNode:
        """Return the type of this name.

        If one member of the union is such a list, or dict, what is in it is of that type unless it tells another.
        """
        record = self._types.record_of(tag)
        if record:
            return record
        generic = _GENERIC.get(tag)
        if generic is None:
            raise self.unreadable(path, f"is said to be of type {shown(tag)}, which is not known")
        members = [part for part in node.parts if part.kind == generic.kind]
        return TypeNode(generic.kind, parts=tuple(map(_hinted, members[0].parts))) if len(members) == 1 else generic

    def _guessed(self, element: etree._Element, node: TypeNode, path: str) -> TypeNode:
        """Return what a value looks like that does not tell: of a union, the first member that it can be."""
        names = [name_of(child) for child in self.children(element, path)] if len(element) else []
        if names:
            member = next((part for part in node.parts if self._looks_like(names, part)), None)
            if member is None and all(name == Parts.ITEM for name in names):
                return _GENERIC[qualified(TYPES, "list")]
            if member is None and all(name == Parts.ENTRY for name in names):
                return _GENERIC[qualified(TYPES, "dict")]
            return member or _NAMED
        if not node.parts:
            return _TEXT
        member = next((part for part in node.parts if self._is_word(element, part)), None)
        if member is None:
            raise self.unreadable(path, f"is none of what is taken: {shown(_text_inside(element))}")
        return _TEXT if member.kind == "any" else member

    def _looks_like(self, names: list[str], node: TypeNode) -> bool:
        """Whether elements of such names can be the parts of a type."""
        if node.kind == "record":
            fields = self._types.fields(node.name)
            required = {
                each.name for each in fields.values() if each.required and not self._types.is_none_without(each)
            }
            return required <= set(names) <= fields.keys()
        if node.kind == "fixed":
            return names == [Parts.numbered(place) for place in range(len(node.parts))]
        part = Parts.ITEM if node.kind in ARRAYS else Parts.ENTRY if node.kind == "dict" else None
        return all(name == part for name in names)

    def _is_word(self, element: etree._Element, node: TypeNode) -> bool:
        """Whether the text of an element, which holds no others, can be of a type; empty, it can be an empty list."""
        text = _text_inside(element)
        if node.kind in SCALARS:
            return _is_of(SCALARS[node.kind], text)
        if node.kind == "literal":
            return any(_is_literal(value, text) for value in node.values)
        return node.kind == "any" or (node.kind != "None" and not text.strip() and self._looks_like([], node))

    def _scalar(self, element: etree._Element, scalar: Scalar, path: str) -> Any:
        text = self._text(element, path)
        try:
            return read_scalar(scalar, text)
        except ValueError as error:
            raise self.unreadable(path, f"{error}: {shown(text)}") from None

    def _literal(self, element: etree._Element, node: TypeNode, path: str) -> Any:
        told = self._told(element, path)
        text = self._text(element, path)
        for value in node.values:
            kind = NAMES.get(type(value))
            if kind and (told not in TOLD or TOLD[told].read is SCALARS[kind].read) and _is_literal(value, text):
                return value
        taken = ", ".join(repr(value) for value in node.values)
        raise self.bad(path, f"must be one of {taken}, not {shown(text)}")

    def _text(self, element: etree._Element, path: str) -> str:
        for child in element:
            tag: Any = child.tag
            if isinstance(tag, str) or tag is etree.Entity:
                raise self.unreadable(path, "must hold text, and no elements")
        return _text_inside(element)

    def _parts(self, element: etree._Element, node: TypeNode, path: str, depth: int) -> Any:
        if node.kind == "record":
            return self._record(element, node, path, depth)
        if node.kind == "fixed":
            return self._fixed(element, node, path, depth)
        if node.kind == "dict":
            return self._table(element, node, path, depth)
        if node.kind in ARRAYS:
            return self._array(element, node, path, depth)
        return self._named(element, path, depth)

    def _record(self, element: etree._Element, node: TypeNode, path: str, depth: int) -> dict[str, Any]:
        fields = self._types.fields(node.name)
        made: dict[str, Any] = {}
        for child in self.children(element, path):
            name = name_of(child)
            if name not in fields:
                known = ", ".join(fields) or "none"
                raise self.bad(f"{path}.{name[:40]}", f"is no field of {node.name}; there is {known}")
            if name in made:
                raise self.bad(f"{path}.{name}", "is given twice")
            made[name] = self.read(child, self._types.read(fields[name].type), f"{path}.{name}", depth)
        for name, field in fields.items():
            if field.required and name not in made:
                if not self._types.is_none_without(field):
                    raise self.bad(f"{path}.{name}", f"is missing; it must be {field.type}")
                made[name] = None
        return made

    def _named(self, element: etree._Element, path: str, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for child in self.children(element, path):
            name = name_of(child)
            if name in made:
                raise self.bad(
                    f"{path}.{name[:40]}", f"is given twice; what there is several of stands in <{Parts.ITEM}>"
                )
            made[name] = self.read(child, ANY, f"{path}.{name[:40]}", depth)
        return made

    def _fixed(self, element: etree._Element, node: TypeNode, path: str, depth: int) -> tuple[Any, ...]:
        items = list(self.children(element, path))
        if len(items) != len(node.parts):
            raise self.bad(path, f"must have {len(node.parts)} items, not {len(items)}")
        for place, item in enumerate(items):
            if name_of(item) not in (Parts.ITEM, Parts.numbered(place)):
                raise self.bad(path, f"must hold <{Parts.numbered(place)}>, not <{name_of(item)[:40]}>")
        pairs = zip(items, node.parts, strict=True)
        return tuple([self.read(item, part, f"{path}[{place}]", depth) for place, (item, part) in enumerate(pairs)])

    def _array(self, element: etree._Element, node: TypeNode, path: str, depth: int) -> Any:
        items = [
            self.read(child, node.parts[0], f"{path}[{place}]", depth)
            for place, child in enumerate(self._children_called(element, Parts.ITEM, path))
        ]
        if node.kind in ("set", "frozenset"):
            self._check_hashes(items, path)
        return _BUILD[node.kind](items)

    def _table(self, element: etree._Element, node: TypeNode, path: str, depth: int) -> dict[Any, Any]:
        keys: list[Any] = []
        values: list[Any] = []
        for place, entry in enumerate(self._children_called(element, Parts.ENTRY, path)):
            step = f"{path}[{place}]"
            children = list(self.children(entry, step))
            parts = {name_of(child): child for child in children}
            if parts.keys() != {Parts.KEY, Parts.VALUE} or len(children) != 2:
                raise self.bad(step, f"must hold one <{Parts.KEY}> and one <{Parts.VALUE}>")
            keys.append(self.read(parts[Parts.KEY], node.parts[0], f"{step}, as a key,", depth))
            values.append(self.read(parts[Parts.VALUE], node.parts[1], f"{path}[{shown_key(keys[-1])}]", depth))
        self._check_hashes(keys, path)
        made = dict(zip(keys, values, strict=True))
        if len(made) != len(keys):
            raise self.bad(path, "has a key twice")
        return made

    def _children_called(self, element: etree._Element, name: str, path: str) -> Iterator[etree._Element]:
        for child in self.children(element, path):
            if etree.QName(child).localname != name:
                raise self.bad(path, f"must hold <{name}>, not <{name_of(child)[:40]}>")
            yield child

    def _check_hashes(self, items: Collection[Any], path: str) -> None:
        """Make sure that what is to be found by its hash can be, in linear time."""
        try:
            hashes = set(map(hash, items))
        except TypeError as error:
            raise self.bad(path, f"cannot have such a key, or item: {error}") from None
        if len(items) - len(hashes) > MOST_ALIKE:
            raise self.unreadable(path, f"has more than {MOST_ALIKE} keys, or items, with the hash of another")


def shown_key(key: Any) -> str:
    """Return a key as it is told in an error."""
    text = repr(key)
    return text if len(text) <= 40 else f"{text[:40]}..."


def _hinted(node: TypeNode) -> TypeNode:
    return TypeNode("hinted", parts=node.parts if node.kind == "union" else (node,))


def _text_inside(element: etree._Element) -> str:
    if not len(element):
        return element.text or ""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def _is_of(scalar: Scalar, text: str) -> bool:
    try:
        read_scalar(scalar, text)
    except ValueError:
        return False
    return True


def _is_literal(value: Any, text: str) -> bool:
    kind = NAMES.get(type(value))
    try:
        return kind is not None and bool(read_scalar(SCALARS[kind], text) == value)
    except ValueError:
        return False
