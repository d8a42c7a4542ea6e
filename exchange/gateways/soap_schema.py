"""The XML Schemas of a service: an element for each request and answer, a type for each dataclass."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from exchange import ParameterDescription
from exchange.gateways.soap_names import TYPES, XSD, prefixed, qualified, xml_name
from exchange.gateways.soap_scalars import SCALARS, is_legible, legible
from exchange.gateways.soap_types import ARRAYS, GENERIC, Parts, SoapTypes, declared, has_parts, literal_kind
from exchange.gateways.type_text import ANY, TypeNode

FAILURES = "http://www.dscpl.com.au/schemas/OSE/"
"""The namespace of what a fault tells in its detail, which programs of netsvc know."""

FAILURE = "ServiceFailure"
FAILURE_PARTS = {"error": "int", "description": "str", "origin": "str", "details": "str"}

UUIDS = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def add_schemas(parent: etree._Element, types: SoapTypes) -> None:
    """Add the schemas of a service: that of the types of all services, that of faults, its own."""
    _add_common(parent)
    _add_failure(parent)
    own = _schema(parent, types.namespace)
    etree.SubElement(own, _xs("import"), namespace=TYPES)
    for each in types.description.types.values():
        record = etree.SubElement(own, _xs("complexType"), name=xml_name(each.name))
        add_documentation(record, each.documentation)
        _add_fields(record, types, each.fields)
    for method in types.description.methods.values():
        asked = etree.SubElement(own, _xs("element"), name=xml_name(method.name))
        _add_fields(etree.SubElement(asked, _xs("complexType")), types, method.parameters)
        answer = etree.SubElement(own, _xs("element"), name=types.response_name(method))
        sequence = _add_sequence(etree.SubElement(answer, _xs("complexType")))
        node = types.read(method.returns)
        _add_element(sequence, Parts.RESULT, node, 0 if node.takes_none and has_parts(node) else 1)


def add_documentation(element: etree._Element, text: str) -> None:
    """Add what people are told of a part of a schema, if there is something."""
    if text:
        annotation = etree.Element(_xs("annotation"))
        etree.SubElement(annotation, _xs("documentation")).text = legible(text)
        element.insert(0, annotation)  # where XML Schema wants it


def _schema(parent: etree._Element, namespace: str, form: str = "qualified") -> etree._Element:
    """Add an empty schema; names of its own have the prefix ``tns``."""
    schema = etree.SubElement(parent, _xs("schema"), nsmap={"tns": namespace})
    schema.set("targetNamespace", namespace)
    schema.set("elementFormDefault", form)
    return schema


def _add_common(parent: etree._Element) -> None:
    schema = _schema(parent, TYPES)
    for kind in GENERIC:
        node = TypeNode(kind, parts=(ANY, ANY) if kind == "dict" else (ANY,))
        _fill_type(etree.SubElement(schema, _xs("complexType"), name=kind), node)
    for kind, pattern in (("uuid", UUIDS), ("complex", None)):
        simple = etree.SubElement(schema, _xs("simpleType"), name=kind)
        restriction = etree.SubElement(simple, _xs("restriction"), base="xs:string")
        if pattern:
            etree.SubElement(restriction, _xs("pattern"), value=pattern)


def _add_failure(parent: etree._Element) -> None:
    schema = _schema(parent, FAILURES, "unqualified")
    element = etree.SubElement(schema, _xs("element"), name=FAILURE)
    sequence = _add_sequence(etree.SubElement(element, _xs("complexType")))
    for name, kind in FAILURE_PARTS.items():
        _add_element(sequence, name, TypeNode(kind))


def _add_fields(kind: etree._Element, types: SoapTypes, fields: Iterable[ParameterDescription]) -> None:
    sequence = _add_sequence(kind)
    for field in fields:
        node = types.read(field.type)
        if field.kind == "rest-keyword":
            node = TypeNode("dict", parts=(TypeNode("str"), node))
        is_optional = not field.required or field.kind.startswith("rest-") or types.is_none_without(field)
        element = _add_element(sequence, xml_name(field.name), node, 0 if is_optional else 1)
        if field.kind == "rest-positional":
            element.set("maxOccurs", "unbounded")
        add_documentation(element, _told_of(field))


def _told_of(field: ParameterDescription) -> str:
    """Return what people are told of an argument, or a field, that XML Schema has no words for."""
    if field.kind == "rest-positional":
        return "Any number of these may be given."
    if field.kind == "rest-keyword":
        return "Arguments of any other names may be given."
    if field.required:
        return ""
    default = field.default_text or (repr(field.default) if field.default is not None else "")
    return f"If it is not given: {default}" if default else ""


def _add_sequence(kind: etree._Element) -> etree._Element:
    return etree.SubElement(kind, _xs("sequence"))


def _add_element(sequence: etree._Element, name: str, node: TypeNode, least: int = 1) -> etree._Element:
    element = etree.SubElement(sequence, _xs("element"), name=name)
    if least != 1:
        element.set("minOccurs", str(least))
    if node.takes_none:
        element.set("nillable", "true")
    _set_type(element, node)
    return element


def _set_type(element: etree._Element, node: TypeNode) -> None:
    """Say which type an element has, by a name if there is one."""
    node = declared(node)
    if node.kind == "any":
        element.set("type", "xs:anyType")
    elif node.kind == "record":
        element.set("type", f"tns:{xml_name(node.name)}")
    elif node.kind in SCALARS:
        element.set("type", prefixed(SCALARS[node.kind].tag))
    elif node.kind == "literal":
        simple = etree.SubElement(element, _xs("simpleType"))
        _fill_literal(etree.SubElement(simple, _xs("restriction")), node)
    else:
        _fill_type(etree.SubElement(element, _xs("complexType")), node)


def _fill_literal(restriction: etree._Element, node: TypeNode) -> None:
    scalar = SCALARS[str(literal_kind(node))]
    restriction.set("base", prefixed(scalar.tag))
    if all(type(value) is int or is_legible(value) for value in node.values):
        for value in node.values:
            etree.SubElement(restriction, _xs("enumeration"), value=scalar.write(value))


def _fill_type(kind: etree._Element, node: TypeNode) -> None:
    """Say which elements stand in a type without a name."""
    sequence = _add_sequence(kind)
    if node.kind == "fixed":
        for place, part in enumerate(node.parts):
            _add_element(sequence, Parts.numbered(place), part)
    elif node.kind in ARRAYS:
        _add_element(sequence, Parts.ITEM, node.parts[0], 0).set("maxOccurs", "unbounded")
    else:
        entry = etree.SubElement(sequence, _xs("element"), name=Parts.ENTRY, minOccurs="0", maxOccurs="unbounded")
        parts = _add_sequence(etree.SubElement(entry, _xs("complexType")))
        _add_element(parts, Parts.KEY, node.parts[0])
        _add_element(parts, Parts.VALUE, node.parts[1])


def _xs(name: str) -> str:
    return qualified(XSD, name)
