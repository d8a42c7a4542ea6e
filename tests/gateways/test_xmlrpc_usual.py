"""Calls of the usual form, read at once: what is taken is what the reader takes, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.gateways.xmlrpc_reader import read_call
from exchange.gateways.xmlrpc_usual import LARGEST, read_usual
from tests.gateways.bad_xmlrpc import BODIES
from tests.gateways.web import asking, called

USUAL = [
    called("multiply", 6, 7),
    called("plant.line.speed"),
    called("echo", "a text\nof two lines, and what is 'quoted'"),
    called("echo", "", -1.5, True, 0),
    asking("echo", "<i8>9007199254740993</i8>", "<i4> 6\n</i4>"),
    b"<methodCall><methodName>f</methodName></methodCall>",
    b"\n<methodCall>\r\n\t<methodName>f</methodName>\r\n<params/>\r\n</methodCall>\n".replace(b"<params/>", b""),
    b'<?xml version="1.0" encoding="UTF-8"?><methodCall><methodName>f</methodName><params></params></methodCall>',
]


@pytest.mark.parametrize("body", USUAL)
def test_what_is_usual_is_taken_at_once(body: bytes) -> None:
    assert read_usual(body) == read_usual(body, "utf-8") == read_call(body)


UNUSUAL = [
    called("echo", "größe"),
    called("echo", "a < b"),
    called("echo", None),
    called("echo", [1]),
    called("echo", "x" * LARGEST),
    asking("echo", "a"),
    asking("echo", "<string>a<!-- a remark -->b</string>"),
    asking("echo", "<int>9223372036854775808</int>"),
    asking("echo", "<string>a\rb</string>"),
    asking("echo", "<string>a\x7fb</string>").replace(b"\x7f", b"\x80"),
    b"<?xml version='1.1'?>" + called("f").partition(b"?>")[2],
    b"<?xml version='1.0' encoding='utf-16'?>" + called("f").partition(b"?>")[2],
    b" " + called("f"),
    called("f").replace(b"\n", b"\x0b"),
    b"<methodCall><methodName> f </methodName></methodCall>",
]


@pytest.mark.parametrize("body", UNUSUAL)
def test_what_is_unusual_is_left_to_the_reader(body: bytes) -> None:
    assert read_usual(body) is None


@pytest.mark.parametrize("body", [body for body, _ in BODIES.values()], ids=list(BODIES))
def test_what_is_no_call_is_left_to_the_reader(body: bytes) -> None:
    assert read_usual(body) is None


@pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1", "hex", "us-ascii", "utf8"])
def test_another_charset_is_left_to_the_reader(charset: str) -> None:
    assert read_usual(called("f"), charset) is None


def agree(body: bytes) -> None:
    """Make sure that what is taken at once is what the reader takes, in the same types."""
    usual = read_usual(body)
    if usual is not None:
        read = read_call(body)
        assert usual == read
        assert list(map(repr, usual.args)) == list(map(repr, read.args))


SCALAR = st.integers(-(2**31), 2**31 - 1) | st.floats(allow_nan=False) | st.booleans() | st.text(max_size=9)


@given(args=st.lists(SCALAR, max_size=4))
def test_whatever_the_standard_library_writes_is_taken_as_the_reader_takes_it(args: list[Any]) -> None:
    agree(called("f", *args))


TAGS = "methodCall methodName params param value int string double boolean nil i8 ex:int".split(" ")  # noqa: SIM905
PIECES = st.sampled_from(
    [f"{begin}{tag}{end}" for tag in TAGS for begin, end in [("<", ">"), ("</", ">"), ("<", "/>")]]
    + ["f", "6", "-1", "1e5", "<![CDATA[x]]>", "<!--", "-->", "&lt;", "]]>", "<?xml?>", "<?xml version='1.0'?>"]
    + [" ", "\n", "\r", "\t", "\x0c", "\x00", "é", ""]
)


@given(data=st.data(), body=st.sampled_from(USUAL))
def test_a_call_that_was_changed_anywhere_is_taken_as_the_reader_takes_it_or_not_at_all(
    data: st.DataObject, body: bytes
) -> None:
    text = body.decode()
    for _ in range(data.draw(st.integers(1, 3))):
        place, dropped = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 12))
        text = text[:place] + data.draw(PIECES) + text[place + dropped :]

    agree(text.encode())
