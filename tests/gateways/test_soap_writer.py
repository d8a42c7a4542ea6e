"""A result as the element that answers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from lxml import etree

from exchange.errors import UnsuitableValue
from exchange.gateways.soap_names import PREFIXES
from exchange.gateways.soap_writer import write_result
from tests.gateways.soaped import ENVELOPE, described, parameter

TYPES = {
    "plant.Point": [
        parameter("x", "float", "keyword"),
        parameter("y", "float", "keyword", default=0.0),
        parameter("then", "plant.Point | None", "keyword", default=None),
    ],
    "plant.Line": [
        parameter("end", "plant.Point | None", "keyword"),
        parameter("why", "str | None", "keyword", default=None),
        parameter("made", "plant.Point | None", "keyword") | {"required": False},
    ],
    "plant.make.<locals>.P": [parameter("a-b c", "any", "keyword")],
}
HEAD = (
    '<liftResponse xmlns="urn:exchange:service:crane" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="urn:exchange:types">'
)


def written(returns: str, value: Any) -> str:
    crane = described(returns=returns, types=TYPES)
    text = etree.tostring(write_result(value, crane.methods["lift"], crane), encoding="unicode")
    return text.removeprefix(HEAD).removesuffix("</liftResponse>")


@pytest.mark.parametrize(
    ("returns", "value", "text"),
    [
        ("int", 42, "<result>42</result>"),
        ("float", 42, "<result>42</result>"),
        ("bool", True, "<result>true</result>"),
        ("str", "a < b", "<result>a &lt; b</result>"),
        ("str", "\r\n", "<result>&#13;\n</result>"),
        ("int | None", None, '<result xsi:nil="true"/>'),
        ("int | None", 42, "<result>42</result>"),
        ("None", None, '<result xsi:nil="true"/>'),
        ("literal['a', 'b']", "b", "<result>b</result>"),
        ("list[int]", [1, 2], "<result><item>1</item><item>2</item></result>"),
        ("list[int]", [], "<result/>"),
        ("list[int]", (1,), "<result><item>1</item></result>"),
        ("set[int]", {1}, "<result><item>1</item></result>"),
        ("tuple[int, str]", (1, "a"), "<result><item1>1</item1><item2>a</item2></result>"),
        ("tuple[()]", (), "<result/>"),
        ("dict[str, int]", {"a": 1}, "<result><entry><key>a</key><value>1</value></entry></result>"),
        ("plant.Point", {"y": 2.0, "x": 1.0}, "<result><x>1.0</x><y>2.0</y></result>"),
        ("plant.Point", {"x": 1.0, "then": None}, "<result><x>1.0</x></result>"),
        ("plant.Line", {"end": None}, "<result/>"),
        ("plant.Line", {"end": None, "why": None}, '<result><why xsi:nil="true"/></result>'),
        ("plant.Line", {"end": None, "made": None}, '<result><made xsi:nil="true"/></result>'),
        ("list[plant.Point | None]", [None], '<result><item xsi:nil="true"/></result>'),
        ("list[plant.Point]", [{"x": 1.0}], "<result><item><x>1.0</x></item></result>"),
    ],
)
def test_a_value_that_is_what_is_declared_tells_no_type(returns: str, value: Any, text: str) -> None:
    assert written(returns, value) == text


@pytest.mark.parametrize(
    ("returns", "value", "text"),
    [
        ("any", None, '<result xsi:nil="true"/>'),
        ("any", True, '<result xsi:type="xs:boolean">true</result>'),
        ("any", 1, '<result xsi:type="xs:integer">1</result>'),
        ("any", Decimal("1.50"), '<result xsi:type="xs:decimal">1.50</result>'),
        ("any", datetime(2026, 1, 31), '<result xsi:type="xs:dateTime">2026-01-31T00:00:00</result>'),
        ("any", UUID(int=1), f'<result xsi:type="x:uuid">{UUID(int=1)}</result>'),
        ("any", [1], '<result xsi:type="x:list"><x:item xsi:type="xs:integer">1</x:item></result>'),
        ("any", (None,), '<result xsi:type="x:tuple"><x:item xsi:nil="true"/></result>'),
        ("any", set(), '<result xsi:type="x:set"/>'),
        ("any", frozenset(), '<result xsi:type="x:frozenset"/>'),
        (
            "any",
            {1: "a"},
            '<result xsi:type="x:dict"><x:entry><x:key xsi:type="xs:integer">1</x:key>'
            '<x:value xsi:type="xs:string">a</x:value></x:entry></result>',
        ),
        ("int | str", "a", '<result xsi:type="xs:string">a</result>'),
        ("int | plant.Point", {"x": 1.0}, '<result xsi:type="plant.Point"><x>1.0</x></result>'),
        (
            "int | plant.make.<locals>.P",
            {"a-b c": 1},
            '<result xsi:type="plant.make._x003C_locals_x003E_.P">'
            '<a-b_x0020_c xsi:type="xs:integer">1</a-b_x0020_c></result>',
        ),
    ],
)
def test_where_the_type_is_open_the_value_tells_it(returns: str, value: Any, text: str) -> None:
    assert written(returns, value) == text


@pytest.mark.parametrize(
    ("returns", "value", "text"),
    [
        ("int", "far", '<result xsi:type="xs:string">far</result>'),
        ("int", True, '<result xsi:type="xs:boolean">true</result>'),
        ("int", None, '<result xsi:nil="true"/>'),
        ("None", 5, '<result xsi:type="xs:integer">5</result>'),
        ("float", 2**53 + 2, f'<result xsi:type="xs:integer">{2**53 + 2}</result>'),
        ("str", [], '<result xsi:type="x:list"/>'),
        ("literal['a']", "b", '<result xsi:type="xs:string">b</result>'),
        ("tuple[int, int]", (), '<result xsi:type="x:tuple"/>'),
        ("list[int]", {}, '<result xsi:type="x:dict"/>'),
        ("list[int]", ["far"], '<result><item xsi:type="xs:string">far</item></result>'),
        ("plant.Point", {}, '<result xsi:type="x:dict"/>'),
        ("plant.Point", {"x": "far"}, '<result><x xsi:type="xs:string">far</x></result>'),
        (
            "plant.Point",
            {"x": 1, "z": 2},
            '<result xsi:type="x:dict"><x:entry><x:key xsi:type="xs:string">x</x:key>'
            '<x:value xsi:type="xs:integer">1</x:value></x:entry><x:entry><x:key xsi:type="xs:string">z</x:key>'
            '<x:value xsi:type="xs:integer">2</x:value></x:entry></result>',
        ),
    ],
)
def test_a_value_that_is_not_what_is_declared_travels_all_the_same(returns: str, value: Any, text: str) -> None:
    assert written(returns, value) == text


@pytest.mark.parametrize(
    ("returns", "value", "complaint"),
    [
        ("any", object(), "result: SOAP cannot express a value of type 'object'"),
        ("str", "a\x00", "result: XML cannot hold the character U+0000"),
        ("any", ["a", {"b": "\x1b"}], "result[1]['b']: XML cannot hold the character U+001B"),
        ("list[str]", ["a", "\ufffe"], "result[1]: XML cannot hold the character U+FFFE"),
        ("dict[str, int]", {"\x01": 1}, "result['\\x01']: XML cannot hold the character U+0001"),
        (
            "plant.Point",
            {"x": 1.0, "then": {"x": 10**400}},
            "result['then']['x']: a whole number has more than 400 digits",
        ),
        ("tuple[int, Decimal]", (1, Decimal("NaN")), "result[1]: XML Schema has no decimal NaN"),
    ],
)
def test_what_xml_cannot_express_is_failure_52_with_the_path_to_it(returns: str, value: Any, complaint: str) -> None:
    with pytest.raises(UnsuitableValue) as caught:
        written(returns, value)

    assert str(caught.value) == complaint
    assert (caught.value.number, caught.value.delivered) == (52, True)


@pytest.mark.parametrize(
    "returns", ["plant.Point | None", "plant.Point", "list[int] | None", "tuple[int]", "dict[str, int]"]
)
def test_what_would_have_parts_and_is_none_is_not_there(returns: str) -> None:
    assert written(returns, None) == HEAD.replace(">", "/>")


def test_an_answer_keeps_the_prefixes_of_types_inside_an_envelope() -> None:
    crane = described()
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE, "xsi": PREFIXES["xsi"]})
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Body").append(write_result([1], crane.methods["lift"], crane))

    result = etree.fromstring(etree.tostring(envelope))[0][0][0]

    assert result.nsmap["x"] == PREFIXES["x"]
    assert result[0].nsmap["xs"] == PREFIXES["xs"]


def test_an_answer_may_be_in_another_namespace() -> None:
    crane = described()

    assert write_result(1, crane.methods["lift"], crane, "urn:mine").tag == "{urn:mine}liftResponse"
