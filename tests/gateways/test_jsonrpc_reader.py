"""The body of a request: JSON and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.gateways.jsonrpc_reader import DEEPEST, Malformed, read_document


def complaint(body: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        read_document(body)
    return str(caught.value)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'["\xff"]', "the body is not UTF-8: byte 2 is none of it"),
        (b"[1,\n 2,]", "the body is not JSON: Expecting value, at line 2 column 4"),
        (b"NaN", "the body is not JSON: NaN is no number of it"),
        (b"-Infinity", "the body is not JSON: -Infinity is no number of it"),
        (b"1e400", "'1e400' is too large for a number with a fraction or exponent"),
        (b"1" * 401, "a number has more than 400 digits"),
        (b"0." + b"1" * 400, "a number has more than 400 digits"),
        (b'{"a": 1, "b": 2, "a": 3}', "an object has two members 'a'"),
        (b'{"%s": 1, "%s": 2}' % (b"a" * 50, b"a" * 50), f"an object has two members '{'a' * 40}...'"),
        (rb'["\udc00"]', "a text holds one half of a character, written as \\u escape"),
    ],
)
def test_what_is_wrong_is_said(body: bytes, text: str) -> None:
    assert complaint(body) == text


@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ('{"a":', "}")])
def test_containers_may_stand_as_deep_as_the_limit_and_no_deeper(begin: str, end: str) -> None:
    def nested(depth: int, inner: str = "1") -> bytes:
        return f"{begin * depth}{inner}{end * depth}".encode()

    read_document(nested(DEEPEST))
    read_document(nested(DEEPEST - 1, "[]"))
    text = f"more than {DEEPEST} arrays and objects stand one in another"
    assert complaint(nested(DEEPEST + 1)) == complaint(nested(DEEPEST, "{}")) == complaint(nested(100_000)) == text


def test_a_whole_number_keeps_all_its_digits() -> None:
    assert read_document(b"9" * 400) == 10**400 - 1


def test_a_character_in_two_halves_is_one() -> None:
    assert read_document(rb'"\ud83d\ude00"') == "\U0001f600"


@pytest.mark.heavy
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_what_another_program_writes_is_read(value: Any) -> None:
    assert read_document(json.dumps(value).encode()) == value
    assert read_document(json.dumps(value, ensure_ascii=False).encode()) == value
