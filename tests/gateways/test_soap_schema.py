"""The XML Schemas of a service: what an argument, a field or a result may be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from exchange.gateways.jsonrpc_errors import Told
from exchange.gateways.soap_faults import write_fault
from exchange.gateways.soap_names import XSD
from exchange.gateways.soap_schema import FAILURES, add_schemas
from exchange.gateways.soap_types import types_of
from exchange.gateways.soap_version import Code, Version
from exchange.gateways.wsdl import wsdl_of
from tests.gateways.soaped import AT, described, element, parameter, schema_of

XS = {"xs": XSD}
TYPES = {"plant.Point": [parameter("x", "float", "keyword"), parameter("y", "float", "keyword", default=0.0)]}


def declaration(*parameters: dict[str, Any]) -> etree._Element:
    """Return the declaration of the first argument."""
    root = etree.Element("types")
    add_schemas(root, types_of(described(*parameters, types=TYPES)))
    found = root[2].find("xs:element[@name='lift']/xs:complexType/xs:sequence/xs:element", XS)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("type_text", "name", "nillable"),
    [
        ("int", "xs:integer", None),
        ("float", "xs:double", None),
        ("bool", "xs:boolean", None),
        ("str", "xs:string", None),
        ("bytes", "xs:base64Binary", None),
        ("datetime", "xs:dateTime", None),
        ("date", "xs:date", None),
        ("time", "xs:time", None),
        ("timedelta", "xs:duration", None),
        ("Decimal", "xs:decimal", None),
        ("UUID", "x:uuid", None),
        ("complex", "x:complex", None),
        ("plant.Point", "tns:plant.Point", None),
        ("plant.Point | None", "tns:plant.Point", "true"),
        ("int | None", "xs:integer", "true"),
        ("int | str", "xs:anyType", None),
        ("int | str | None", "xs:anyType", "true"),
        ("any", "xs:anyType", "true"),
        ("None", "xs:anyType", "true"),
        ("literal['a', 4]", "xs:anyType", None),
    ],
)
def test_a_type_has_its_name_in_xml_schema(type_text: str, name: str, nillable: str | None) -> None:
    declared = declaration(parameter("to", type_text))

    assert (declared.get("name"), declared.get("type"), declared.get("nillable")) == ("to", name, nillable)


def test_what_need_not_be_given_says_so_and_what_it_is_then() -> None:
    def told(**more: Any) -> tuple[str | None, str | None]:
        declared = declaration(parameter("to", "int", **more))
        return declared.get("minOccurs"), declared.findtext(".//xs:documentation", namespaces=XS)

    assert told() == (None, None)
    assert told(default=5) == ("0", "If it is not given: 5")
    assert told(default="a\x00") == ("0", "If it is not given: 'a\\x00'")
    assert told(default=None) == ("0", None)
    assert told(default_text="<object>") == ("0", "If it is not given: <object>")


def test_any_number_of_arguments_are_as_many_elements() -> None:
    rest = declaration(parameter("more", "int", "rest-positional", default=None))
    named = declaration(parameter("others", "int", "rest-keyword", default=None))

    assert (rest.get("type"), rest.get("minOccurs"), rest.get("maxOccurs")) == ("xs:integer", "0", "unbounded")
    assert (named.get("minOccurs"), named.get("maxOccurs")) == ("0", None)
    assert named.find("xs:complexType/xs:sequence/xs:element[@name='entry']", XS) is not None


def test_a_literal_of_texts_or_numbers_names_them() -> None:
    texts = declaration(parameter("to", "literal['dry', 'wet', None]")).find("xs:simpleType/xs:restriction", XS)
    numbers = declaration(parameter("to", "literal[1, 2]")).find("xs:simpleType/xs:restriction", XS)
    odd = declaration(parameter("to", "literal['a\\x00']")).find("xs:simpleType/xs:restriction", XS)

    assert texts is not None
    assert (texts.get("base"), [each.get("value") for each in texts]) == ("xs:string", ["dry", "wet"])
    assert numbers is not None
    assert (numbers.get("base"), [each.get("value") for each in numbers]) == ("xs:integer", ["1", "2"])
    assert odd is not None
    assert (odd.get("base"), len(odd)) == ("xs:string", 0)


@pytest.mark.parametrize(
    ("type_text", "good", "bad"),
    [
        ("int", "<to>5</to>", "<to>five</to>"),
        ("int | None", '<to xsi:nil="true"/>', "<to/>"),
        ("any", '<to xsi:type="xs:integer">5</to>', '<to xsi:type="xs:integer">five</to>'),
        ("any", '<to xsi:type="x:list"><x:item xsi:nil="true"/></to>', '<to xsi:type="x:list"><x:itam/></to>'),
        ("UUID", "<to>00000000-0000-0000-0000-000000000001</to>", "<to>1</to>"),
        ("list[int]", "<to><item>5</item><item>6</item></to>", "<to><item>five</item></to>"),
        ("list[int | None]", '<to><item xsi:nil="true"/></to>', "<to><item/></to>"),
        ("set[str]", "<to/>", "<to>a</to>"),
        ("tuple[int, str]", "<to><item1>5</item1><item2>a</item2></to>", "<to><item1>5</item1></to>"),
        ("tuple[()]", "<to/>", "<to><item/></to>"),
        (
            "dict[int, str]",
            "<to><entry><key>5</key><value>a</value></entry></to>",
            "<to><entry><value>a</value><key>5</key></entry></to>",
        ),
        ("plant.Point", "<to><x>1</x></to>", "<to><y>1</y></to>"),
        ("list[plant.Point]", "<to><item><x>1</x><y>2</y></item></to>", "<to><item><x>1</x><z>2</z></item></to>"),
        ("plant.Point | int", '<to xsi:type="plant.Point"><x>1</x></to>', '<to xsi:type="plant.Point"/>'),
        ("literal['dry', 'wet']", "<to>dry</to>", "<to>damp</to>"),
    ],
)
def test_a_schema_takes_what_is_right_and_nothing_else(type_text: str, good: str, bad: str, tmp_path: Path) -> None:
    schema = schema_of(wsdl_of(described(parameter("to", type_text), types=TYPES), AT), tmp_path)

    assert schema.validate(element(f"<lift>{good}</lift>")), schema.error_log
    assert not schema.validate(element(f"<lift>{bad}</lift>"))


@pytest.mark.parametrize("version", list(Version))
def test_the_detail_of_a_fault_is_as_the_schema_says(version: Version, tmp_path: Path) -> None:
    schema_of(wsdl_of(described(), AT), tmp_path)
    fault = etree.fromstring(write_fault(version, Code.SERVER, "Bad", Told(57, "Bad", "app", "")))
    failures = etree.XMLSchema(etree.parse(str(tmp_path / "failures.xsd")))

    (failure,) = fault.iter(f"{{{FAILURES}}}ServiceFailure")

    assert failures.validate(etree.fromstring(etree.tostring(failure))), failures.error_log
