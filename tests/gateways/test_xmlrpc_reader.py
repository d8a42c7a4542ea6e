"""The reader of XML-RPC requests: what it takes, and what it costs to refuse the rest."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import UnsuitableValue
from exchange.gateways.xmlrpc_reader import DEEPEST, read_call
from tests.gateways.web import asking, called

VALUES: list[tuple[str, Any]] = [
    ("", ""),
    ("  text  ", "  text  "),
    ("<string>a &lt; b &amp;&#x20AC;</string>", "a < b &€"),
    ("<string><![CDATA[<int>6</int>]]></string>", "<int>6</int>"),
    ("<string>a<!-- a remark -->b</string>", "ab"),
    ("\n  <int>6</int>\n", 6),
    ("<i4>-6</i4>", -6),
    ("<int> +6 </int>", 6),
    ("<i1>1</i1>", 1),
    ("<i2>2</i2>", 2),
    ("<i8>-9223372036854775808</i8>", -(2**63)),
    ("<int>9223372036854775807</int>", 2**63 - 1),
    ("<int>00006</int>", 6),
    ("<double>-0.5</double>", -0.5),
    ("<double>.5</double>", 0.5),
    ("<double>5.</double>", 5.0),
    ("<double>1e-7</double>", 1e-7),
    ("<float>1</float>", 1.0),
    ("<boolean>0</boolean>", False),
    ("<boolean>1</boolean>", True),
    ("<nil/>", None),
    ('<ex:nil xmlns:ex="http://ws.apache.org/xmlrpc/namespaces/extensions"/>', None),
    ("<base64/>", b""),
    ("<base64>\n aGVs\n bG8= \n</base64>", b"hello"),
    ("<dateTime.iso8601>20260131T23:59:59</dateTime.iso8601>", datetime(2026, 1, 31, 23, 59, 59)),
    ("<dateTime.iso8601>2026-01-31T23:59:59.5</dateTime.iso8601>", datetime(2026, 1, 31, 23, 59, 59, 500_000)),
    ("<dateTime.iso8601>20260131T23:59:59Z</dateTime.iso8601>", datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)),
    (
        "<dateTime.iso8601>20260131T23:59:59+0200</dateTime.iso8601>",
        datetime(2026, 1, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=2))),
    ),
    ("<array><data/></array>", []),
    ("<array><data><value>a</value><value><int>1</int></value></data></array>", ["a", 1]),
    ("<struct/>", {}),
    ("<struct><member><name>a</name><value><nil/></value></member></struct>", {"a": None}),
    ("<struct><member><name/><value/></member></struct>", {"": ""}),
    ("<struct>, <member>;<name>a</name>:<value>b</value>.</member></struct>", {"a": "b"}),
]


@pytest.mark.parametrize(("written", "value"), VALUES, ids=[written or "nothing" for written, _ in VALUES])
def test_a_value_is_what_is_written(written: str, value: Any) -> None:
    (read,) = read_call(asking("echo", written)).args

    assert read == value
    assert type(read) is type(value)


def test_arguments_come_in_their_order() -> None:
    assert read_call(asking("f", "a", "<int>1</int>", "<array><data/></array>")) == ("f", ["a", 1, []])


@pytest.mark.parametrize("params", ["", "<params/>", "<params></params>"])
def test_a_call_may_have_no_arguments(params: str) -> None:
    assert read_call(f"<methodCall><methodName>f</methodName>{params}</methodCall>".encode()) == ("f", [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_document_says_how_it_is_encoded(encoding: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?>' + asking("größe", "straße").decode()

    assert read_call(body.encode(encoding)) == ("größe", ["straße"])


def test_as_many_containers_as_the_wire_takes_may_stand_one_in_another() -> None:
    nested = "<array><data><value>" * DEEPEST + "x" + "</value></data></array>" * DEEPEST

    (read,) = read_call(asking("echo", nested)).args
    for _ in range(DEEPEST):
        (read,) = read

    assert read == "x"


def test_containers_beside_one_another_are_not_deep() -> None:
    empty = "<value><array><data/></array></value>" * (2 * DEEPEST)

    assert read_call(asking("echo", f"<array><data>{empty}</data></array>")).args == [[[]] * 2 * DEEPEST]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "the body is empty"),
        (b"hello", "the body is not XML: syntax error: line 1, column 0"),
        (b"<!DOCTYPE a><a/>", "the body has a DOCTYPE, which is not taken"),
        (b'<?xml version="1.0" encoding="hex"?><a/>', "the body is in an encoding that cannot be read"),
        (b"<a/>", "the body is not a call of XML-RPC: it must begin with <methodCall>"),
        (asking("f", "<b/>"), "the body is not a call of XML-RPC: <b> must not stand in <value>"),
        (asking("f", "<int>1.5</int>"), "the body is not a call of XML-RPC: '1.5' is not a whole number of 64 bits"),
        (asking("f", "<int>1</int>" * 2), "the body is not a call of XML-RPC: <value> holds more than one thing"),
    ],
)
def test_a_refusal_says_what_is_wrong(body: bytes, text: str) -> None:
    with pytest.raises(UnsuitableValue) as caught:
        read_call(body)

    assert (caught.value.number, caught.value.description, caught.value.delivered) == (54, text, False)


def test_a_refusal_does_not_repeat_what_is_long() -> None:
    with pytest.raises(UnsuitableValue) as caught:
        read_call(asking("f", f"<int>{'x' * 100_000}</int>"))

    assert len(caught.value.description) < 200


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION_LAUGHS = f'<!DOCTYPE l [<!ENTITY l0 "lol">{LAUGHS}]>'.encode() + asking("f", "&l9;")
QUADRATIC = f'<!DOCTYPE l [<!ENTITY a "{"a" * 300_000}">]>'.encode() + asking("f", "&a;" * 100_000)
MILLION = 2**20

BOMBS: dict[str, bytes] = {
    "a billion laughs": BILLION_LAUGHS,
    "one large entity, often": QUADRATIC,
    "arrays without end": asking("f", "<array><data><value>" * (MILLION // 20)),
    "elements without end": b"<a>" * (MILLION // 3),
    "attributes": b"<methodCall " + b" ".join(b'a%d=""' % n for n in range(MILLION // 10)) + b"/>",
    "a name of a million letters": b"<" + b"a" * MILLION + b"/>",
    "a number of a million digits": asking("f", f"<int>{'9' * MILLION}</int>"),
    "a double of a million digits": asking("f", f"<double>{'9' * MILLION}</double>"),
    "base64 of nothing but padding": asking("f", f"<base64>{'=' * MILLION}</base64>"),
    "a date of a million digits": asking("f", f"<dateTime.iso8601>{'9' * MILLION}</dateTime.iso8601>"),
    "remarks": b"<!---->" * (MILLION // 7),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_is_meant_to_exhaust_the_gateway_is_refused_in_little_memory(bomb: str) -> None:
    tracemalloc.start()
    with pytest.raises(UnsuitableValue):
        read_call(BOMBS[bomb])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 32 * MILLION


@pytest.mark.heavy
def test_as_many_values_as_a_body_can_hold_take_memory_in_proportion() -> None:
    body = asking("f", f"<array><data>{'<value/>' * (MILLION // 8)}</data></array>")
    tracemalloc.start()

    (read,) = read_call(body).args
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(read) == MILLION // 8
    assert peak < 40 * len(body)


PLAIN = st.recursive(
    st.integers(-(2**31), 2**31 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.none()
    | st.binary(max_size=20)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")),
    lambda inner: st.lists(inner) | st.dictionaries(st.from_regex(r"[a-z ]{0,9}", fullmatch=True), inner),
    max_leaves=20,
)


@pytest.mark.heavy
@given(args=st.lists(PLAIN, max_size=3))
def test_what_the_standard_library_writes_is_read(args: list[Any]) -> None:
    assert read_call(called("f", *args)) == ("f", args)
