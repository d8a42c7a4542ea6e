"""The writer of XML-RPC answers: how each type travels, and what cannot."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID
from xmlrpc.client import Fault, loads

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import ConfigurationError, UnsuitableValue
from exchange.gateways.xmlrpc_reader import read_call
from exchange.gateways.xmlrpc_writer import AnswerWriter

WRITER = AnswerWriter()


def value_in(answer: bytes) -> str:
    """Return what stands in the value of an answer."""
    return answer.decode().partition("<value>")[2].rpartition("</value>")[0]


def read(answer: bytes) -> Any:
    """Return what the standard library makes of an answer."""
    (result,), _ = loads(answer, use_builtin_types=True)
    return result


WRITTEN: list[tuple[Any, str]] = [
    (None, "<nil/>"),
    (True, "<boolean>1</boolean>"),
    (False, "<boolean>0</boolean>"),
    (0, "<int>0</int>"),
    (2**31 - 1, "<int>2147483647</int>"),
    (2**31, "<i8>2147483648</i8>"),
    (-(2**31), "<int>-2147483648</int>"),
    (-(2**63), "<i8>-9223372036854775808</i8>"),
    (1.5, "<double>1.5</double>"),
    (-0.0, "<double>-0.0</double>"),
    (1e22, "<double>10000000000000000000000</double>"),
    (1.5e-7, "<double>0.00000015</double>"),
    ("", "<string></string>"),
    ("a < b & c > d", "<string>a &lt; b &amp; c &gt; d</string>"),
    ("one\r\ntwo\t]]>", "<string>one&#13;\ntwo\t]]&gt;</string>"),
    ("größe \U0001f600", "<string>größe \U0001f600</string>"),
    (b"hello", "<base64>aGVsbG8=</base64>"),
    (datetime(2026, 1, 31, 23, 59, 59, 999_999), "<dateTime.iso8601>20260131T23:59:59</dateTime.iso8601>"),
    (datetime(33, 1, 1), "<dateTime.iso8601>00330101T00:00:00</dateTime.iso8601>"),
    (
        datetime(2026, 1, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=2))),
        "<dateTime.iso8601>20260131T21:59:59</dateTime.iso8601>",
    ),
    (date(2026, 1, 31), "<dateTime.iso8601>20260131T00:00:00</dateTime.iso8601>"),
    (time(23, 59, 59), "<string>23:59:59</string>"),
    (timedelta(minutes=1, milliseconds=500), "<double>60.5</double>"),
    (Decimal("1.10"), "<string>1.10</string>"),
    (UUID(int=1), "<string>00000000-0000-0000-0000-000000000001</string>"),
    (1 + 2j, "<string>(1+2j)</string>"),
    ([], "<array><data></data></array>"),
    ([1, "a"], "<array><data><value><int>1</int></value><value><string>a</string></value></data></array>"),
    ((1,), "<array><data><value><int>1</int></value></data></array>"),
    ({1}, "<array><data><value><int>1</int></value></data></array>"),
    (frozenset({1}), "<array><data><value><int>1</int></value></data></array>"),
    ({}, "<struct></struct>"),
    ({"a&b": 1}, "<struct><member><name>a&amp;b</name><value><int>1</int></value></member></struct>"),
]


@pytest.mark.parametrize(("value", "written"), WRITTEN, ids=[repr(value) for value, _ in WRITTEN])
def test_each_type_is_written_in_one_way(value: Any, written: str) -> None:
    assert value_in(WRITER.result(value)) == written


class Unknown:
    """Of no type that XML-RPC could express."""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2**63, "result: XML-RPC cannot express a whole number beyond 64 bits"),
        ([0, {"a": [2**63]}], "result[1]['a'][0]: XML-RPC cannot express a whole number beyond 64 bits"),
        (float("nan"), "result: XML-RPC cannot express nan"),
        ([float("-inf")], "result[0]: XML-RPC cannot express -inf"),
        ("a\x00b", "result: XML cannot hold the character U+0000"),
        ("\x1b[31m", "result: XML cannot hold the character U+001B"),
        ("\ufffe", "result: XML cannot hold the character U+FFFE"),
        ("\udc80", "result: XML cannot hold the character U+DC80"),
        ({"\x07": 1}, "result['\\x07']: XML cannot hold the character U+0007"),
        ({1: "a"}, "result[1]: XML-RPC has only text for the name of a member"),
        ({"a": {None: "a"}}, "result['a'][None]: XML-RPC has only text for the name of a member"),
        ((Unknown(),), "result[0]: XML-RPC cannot express a value of type 'Unknown'"),
        (
            datetime.min.replace(tzinfo=timezone(timedelta(hours=2))),
            "result: 0001-01-01 00:00:00+02:00 is no time in UTC",
        ),
    ],
)
def test_what_cannot_be_expressed_is_refused_with_the_path_to_it(value: Any, text: str) -> None:
    with pytest.raises(UnsuitableValue) as caught:
        WRITER.result(value)

    assert (caught.value.number, caught.value.description, caught.value.delivered) == (52, text, True)


# What a gateway may be told


@pytest.mark.parametrize(
    ("ways", "value", "written"),
    [
        ({"none": "nil"}, None, "<nil/>"),
        ({"none": "empty"}, None, "<string></string>"),
        (
            {"none": "empty"},
            {"a": [None]},
            "<struct><member><name>a</name>"
            "<value><array><data><value><string></string></value></data></array></value></member></struct>",
        ),
        ({"big_integers": "i8"}, 2**31, "<i8>2147483648</i8>"),
        ({"big_integers": "text"}, 2**31 - 1, "<int>2147483647</int>"),
        ({"big_integers": "text"}, 2**31, "<string>2147483648</string>"),
        ({"big_integers": "text"}, -(2**31) - 1, "<string>-2147483649</string>"),
        ({"big_integers": "text"}, 2**64, "<string>18446744073709551616</string>"),
        ({"big_integers": "text"}, True, "<boolean>1</boolean>"),
        ({"big_integers": "refuse"}, -(2**31), "<int>-2147483648</int>"),
    ],
)
def test_none_and_large_integers_travel_as_the_gateway_was_told(ways: dict[str, Any], value: Any, written: str) -> None:
    assert value_in(AnswerWriter(**ways).result(value)) == written


@pytest.mark.parametrize(
    ("ways", "value", "text"),
    [
        ({"none": "refuse"}, None, "result: None cannot be expressed; this gateway was told to refuse it"),
        (
            {"none": "refuse"},
            [{"a": None}],
            "result[0]['a']: None cannot be expressed; this gateway was told to refuse it",
        ),
        (
            {"big_integers": "refuse"},
            [2**31],
            "result[0]: a whole number beyond 32 bits cannot be expressed; this gateway was told to refuse it",
        ),
        ({"big_integers": "text"}, [10**5000], "result[0]: a whole number has too many digits"),
    ],
)
def test_what_a_gateway_was_told_to_refuse_is_refused(ways: dict[str, Any], value: Any, text: str) -> None:
    with pytest.raises(UnsuitableValue) as caught:
        AnswerWriter(**ways).result(value)

    assert (caught.value.number, caught.value.description) == (52, text)


@pytest.mark.parametrize(
    ("ways", "text"),
    [
        ({"none": "null"}, "none must be one of nil, refuse, empty, not 'null'"),
        ({"big_integers": "i4"}, "big_integers must be one of i8, refuse, text, not 'i4'"),
        ({"big_integers": None}, "big_integers must be one of i8, refuse, text, not None"),
    ],
)
def test_a_way_that_there_is_not_is_refused(ways: dict[str, Any], text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        AnswerWriter(**ways)

    assert str(caught.value) == text


@pytest.mark.parametrize("way", ["refuse", "text"])
def test_the_number_of_a_fault_is_an_int_where_there_is_no_i8(way: Any) -> None:
    writer = AnswerWriter(big_integers=way)

    for code, written in [(2**31 - 1, 2**31 - 1), (2**31, 50)]:
        with pytest.raises(Fault) as caught:
            read(writer.fault(Fault(code, "large")))
        assert caught.value.faultCode == written


def test_what_was_written_stands_as_it_is_in_what_is_written_after() -> None:
    written = WRITER.value(["<&>", None])

    assert read(WRITER.result([written, "<&>"])) == [["<&>", None], "<&>"]


def test_the_standard_library_reads_what_is_written() -> None:
    result = {
        "nothing": None,
        "large": 2**40,
        "parts": [1.5, True, b"\x00\xff", "größe\r\n"],
        "when": datetime(2026, 1, 31, 23, 59, 59),
    }

    assert read(WRITER.result(result)) == result


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_loses_nothing_and_has_no_exponent(value: float) -> None:
    answer = WRITER.result(value)

    assert "e" not in value_in(answer).removeprefix("<double>").removesuffix("</double>")
    assert read(answer) == value


@given(text=st.text())
def test_a_text_arrives_as_it_was_or_is_refused(text: str) -> None:
    try:
        answer = WRITER.result(text)
    except UnsuitableValue:
        return

    assert read(answer) == text


@given(value=st.integers() | st.datetimes(timezones=st.just(UTC)) | st.dates() | st.decimals() | st.complex_numbers())
def test_what_is_written_is_always_a_value_that_our_own_reader_takes(value: Any) -> None:
    try:
        written = value_in(WRITER.result(value))
    except UnsuitableValue:
        assert isinstance(value, int)
        return
    body = (
        f"<methodCall><methodName>f</methodName><params><param><value>{written}</value></param></params></methodCall>"
    )

    assert len(read_call(body.encode()).args) == 1


@pytest.mark.parametrize(
    ("code", "text", "read_code", "read_text"),
    [
        (57, "app -- Bad\n\nwhy", 57, "app -- Bad\n\nwhy"),
        (-(2**31), "", -(2**31), ""),
        (2**40, "large", 2**40, "large"),
        (2**64, "too large", 50, "too large"),
        (1, "a\x00b\x1b\ufffe\udc80 <&>", 1, "a\ufffdb\ufffd\ufffd\ufffd <&>"),
    ],
)
def test_a_fault_can_always_be_written(code: int, text: str, read_code: int, read_text: str) -> None:
    with pytest.raises(Fault) as caught:
        read(WRITER.fault(Fault(code, text)))

    assert (caught.value.faultCode, caught.value.faultString) == (read_code, read_text)


def test_a_name_that_cannot_be_shown_is_refused_as_others_are() -> None:
    with pytest.raises(UnsuitableValue, match=r"^result\[<int>\]: XML-RPC has only text for the name of a member$"):
        WRITER.result({10**5000: 1})
