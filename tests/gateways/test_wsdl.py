"""The WSDL of a service: right by the schemas of those who made WSDL, and complete."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from exchange.gateways.soap_names import XSD
from exchange.gateways.wsdl import BINDINGS, WSDL, wsdl_of
from tests.gateways.soaped import AT, W3C, Zeep, described, parameter, schema_of

NAMES = {"wsdl": WSDL, "xs": XSD, **{each.prefix: each.namespace for each in BINDINGS.values()}}
TYPES = {
    "plant.Point": [
        parameter("x", "float", "keyword"),
        parameter("then", "plant.Point | None", "keyword", default=None),
    ],
    "plant.make.<locals>.P": [parameter("why not", "list[dict[int, plant.Point]]", "keyword")],
}


@pytest.fixture(scope="module")
def w3c() -> etree.XMLSchema:
    """The schemas of WSDL 1.1, of its binding to SOAP 1.1, and of XML Schema itself."""
    return etree.XMLSchema(etree.parse(str(W3C / "all.xsd")))


def validate(w3c: etree.XMLSchema, wsdl: bytes) -> None:
    """Validate a WSDL; the binding to SOAP 1.2 has no schema here, and is validated as one to SOAP 1.1."""
    as_one = wsdl.replace(BINDINGS["1.2"].namespace.encode(), BINDINGS["1.1"].namespace.encode())
    assert w3c.validate(etree.fromstring(wsdl)), w3c.error_log
    assert w3c.validate(etree.fromstring(as_one)), w3c.error_log


def every_kind() -> dict[str, Any]:
    return {
        "returns": "list[plant.make.<locals>.P | None]",
        "types": TYPES,
        "methods": ["lift", "liftResponse", "plant.lift", "lift it", "2nd", "ServiceFailure"],
        "name": "crane/in hall 4 — Übersee",
    }


def test_it_is_right_by_the_schemas_of_wsdl_soap_and_xml_schema(w3c: etree.XMLSchema, tmp_path: Path) -> None:
    crane = described(
        parameter("x", "int", "positional"),
        parameter("size", "literal['a', 'b'] | None", default=None),
        parameter("more", "tuple[int, str]", "rest-positional", default=None),
        parameter("when", "datetime | date", "keyword"),
        parameter("others", "set[UUID]", "rest-keyword", default=None),
        **every_kind(),
    )
    wsdl = wsdl_of(crane, AT)

    validate(w3c, wsdl)
    schema_of(wsdl, tmp_path)
    Zeep(crane)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b'minOccurs="0"', b'minOccurs="none"'),
        (b'use="literal"', b'use="literary"'),
        (b"wsdl:portType", b"wsdl:portKind"),
        (b'type="xs:double"', b'kind="xs:double"'),
        (b"soap11:address location", b"soap11:address place"),
    ],
)
def test_the_schemas_find_what_is_wrong(right: bytes, wrong: bytes, w3c: etree.XMLSchema) -> None:
    wsdl = wsdl_of(described(parameter("to", "plant.Point", default=None), types=TYPES), AT)
    assert right in wsdl

    assert not w3c.validate(etree.fromstring(wsdl.replace(right, wrong)))


def test_it_says_where_the_service_is_by_each_version() -> None:
    wsdl = etree.fromstring(wsdl_of(described(), AT))

    assert wsdl.xpath("//wsdl:port/@name", namespaces=NAMES) == ["Soap11", "Soap12"]
    assert wsdl.xpath("//soap11:address/@location | //soap12:address/@location", namespaces=NAMES) == [AT, AT]
    assert wsdl.get("targetNamespace") == "urn:exchange:service:crane"


def test_it_may_name_one_version_only_and_another_namespace() -> None:
    wsdl = etree.fromstring(wsdl_of(described(), AT, ["1.2"], "urn:mine"))

    assert wsdl.xpath("//wsdl:port/@name", namespaces=NAMES) == ["Soap12"]
    assert wsdl.get("targetNamespace") == "urn:mine"
    assert wsdl.xpath("//xs:schema[3]/@targetNamespace", namespaces=NAMES) == ["urn:mine"]


def test_docstrings_are_told() -> None:
    crane = described(types=TYPES)
    plain = crane.as_dict()
    plain["documentation"], plain["methods"][0]["documentation"] = "Lifts.", "Lift it.\x00"
    plain["types"][0]["documentation"] = "A place."

    wsdl = etree.fromstring(wsdl_of(type(crane)(plain), AT))

    assert wsdl.findtext("wsdl:documentation", namespaces=NAMES) == "Lifts."
    assert wsdl.findtext("wsdl:portType/wsdl:operation/wsdl:documentation", namespaces=NAMES) == "Lift it.\ufffd"
    assert wsdl.findtext(".//xs:complexType[@name='plant.Point']//xs:documentation", namespaces=NAMES) == "A place."


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    name=st.text(st.characters(codec="utf-8"), max_size=10),
    methods=st.sets(st.text(st.characters(codec="utf-8"), max_size=10), max_size=4),
    parameters=st.sets(st.text(st.characters(codec="utf-8"), max_size=10), max_size=4),
)
def test_whatever_things_are_called_it_is_right(
    name: str, methods: set[str], parameters: set[str], w3c: etree.XMLSchema, tmp_path: Path
) -> None:
    fields = [parameter(each, "str", "keyword") for each in sorted(parameters)]
    crane = described(*fields, methods=methods, types={"a.B": fields}, name=name)
    wsdl = wsdl_of(crane, AT)

    validate(w3c, wsdl)
    schema_of(wsdl, tmp_path)
