"""The body of a request to an XML document, and what is refused before anything is built of it."""

from __future__ import annotations

import re
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.gateways.soap_document import DEEPEST, LONGEST_NAMESPACE, MOST_TAGS, Malformed, read_document


def refused(body: bytes, content_type: str = "") -> str:
    with pytest.raises(Malformed) as caught:
        read_document(body, content_type)
    return str(caught.value)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<a>é</a>".encode(), ""),
        ("<a>é</a>".encode(), "text/xml"),
        ("<a>é</a>".encode("utf-8-sig"), ""),
        ("<a>é</a>".encode("utf-8-sig"), "text/xml; charset=iso-8859-1"),
        ("<a>é</a>".encode("latin-1"), "text/xml; charset=ISO-8859-1"),
        ("<a>é</a>".encode("latin-1"), 'text/xml; action="a"; charset="latin1"'),
        ("<?xml version='1.0' encoding='iso-8859-1'?><a>é</a>".encode("latin-1"), "text/xml"),
        ("<?xml version='1.0' encoding='utf-16'?><a>é</a>".encode(), "text/xml; charset=utf-8"),
        ("<?xml version='1.0' encoding='utf-16'?><a>é</a>".encode("utf-16"), ""),
        ("<?xml version='1.0' encoding='utf-16'?><a>é</a>".encode("utf-16-le"), ""),
        ("<a>é</a>".encode("utf-16-be"), ""),
        ("<a>é</a>".encode("utf-16-be"), "text/xml; charset=utf-16"),
        ("<a>é</a>".encode("utf-16-le"), "text/xml; charset=UTF-16LE"),
        (b"<a>&#233;</a>", "text/xml; charset=us-ascii"),
        (b"<a>&#xE9;</a>", ""),
    ],
)
def test_the_encoding_is_what_the_document_begins_with_or_its_head_says_or_else_itself(
    body: bytes, content_type: str
) -> None:
    assert read_document(body, content_type).text == "é"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("<a>é</a>".encode("latin-1"), "", "the body is not utf-8: byte 3 is none of it"),
        (b"<a>\xff</a>", "text/xml; charset=us-ascii", "the body is not ascii: byte 3 is none of it"),
        (b"\xef\xbb\xbf<a>\xff</a>", "", "the body is not utf-8: byte 6 is none of it"),
        (b"<a/> ", "text/xml; charset=utf-7", "the encoding 'utf-7' is not taken; utf-8 is"),
        (b"<?xml version='1.0' encoding='utf-7'?><a/>", "", "the encoding 'utf-7' is not taken; utf-8 is"),
        (
            b"<?xml version='1.0' encoding='ebcdic-cp-us'?><a/>",
            "",
            "the encoding 'ebcdic-cp-us' is not taken; utf-8 is",
        ),
        (
            b"<?xml version='1.0' encoding='utf-16'?><a/>",
            "",
            "the body says of itself that it is utf-16, and it is not",
        ),
        (
            b"<?xml version='1.0' encoding='" + b"x" * 999 + b"'?><a/>",
            "",
            f"the encoding '{'x' * 200}...' is not taken; utf-8 is",
        ),
    ],
)
def test_another_encoding_is_refused_and_named(body: bytes, content_type: str, text: str) -> None:
    assert refused(body, content_type) == text


@pytest.mark.parametrize(
    "body", [b"", b" ", b"x", b"<a>", b"<a/><b/>", b"<a></b>", b"<b:a/>", b"<a>&x;</a>", b"\0", "<a/>".encode("utf-32")]
)
def test_what_is_not_xml_is_refused(body: bytes) -> None:
    assert refused(body).startswith("the body is not XML: " if body else "the body is empty")


@pytest.mark.parametrize(
    "prolog",
    [
        "",
        "<?xml version='1.0'?>\n",
        "<?xml version='1.0'?><!-- > --><?p ?> <!-- <a> -->\n\t",
        "<!-- - -->" * 100,
    ],
)
def test_a_doctype_is_refused_wherever_it_can_stand(prolog: str) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><a b="&y;">&y;</a>'
    assert refused((prolog + bomb).encode()) == "the body has a DOCTYPE, which is not taken"
    assert refused((prolog + bomb).encode("utf-16")) == "the body has a DOCTYPE, which is not taken"


@pytest.mark.parametrize(
    "body", ["<a><!-- <!DOCTYPE b> --></a>", "<!-- <!DOCTYPE b> --><a/>", "<?p <!DOCTYPE b> ?><a/>"]
)
def test_what_only_looks_like_a_doctype_is_none(body: str) -> None:
    assert read_document(body.encode()).tag == "a"


@given(
    st.lists(
        st.sampled_from([" ", "<?p ?>", "<!-- -->", "<!--?>-->", "<?-->?>", "<!", "-->", "?>", "<!DOCTYPE a>", "<a/>"])
    )
)
def test_no_document_is_read_that_has_a_doctype(parts: list[str]) -> None:
    try:
        root = read_document("".join(parts).encode())
    except Malformed:
        return
    info: Any = root.getroottree().docinfo
    assert not info.doctype


def test_no_file_is_read_for_a_document(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("coffee")
    body = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'.encode()
    assert "coffee" not in refused(body)

    include = f'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{secret.as_uri()}" parse="text"/></a>'
    root = read_document(include.encode())
    assert (len(root), root[0].text, root[0].tail) == (1, None, None)


def test_comments_and_processing_instructions_do_not_part_a_text() -> None:
    root = read_document(b"<a>1<!-- 9 -->2<?p 9?>3<![CDATA[<4]]></a>")
    assert (root.text, len(root)) == ("123<4", 0)


@pytest.mark.parametrize("depth", [DEEPEST + 1, 300, 100_000])
def test_more_depth_than_is_taken_is_refused(depth: int) -> None:
    assert read_document(b"<a>" * DEEPEST + b"</a>" * DEEPEST).tag == "a"
    assert re.search("one in another|depth", refused(b"<a>" * depth + b"</a>" * depth))


def test_more_tags_than_are_taken_are_refused_before_anything_is_built_of_them() -> None:
    body = b"<a>" + b"<b/>" * MOST_TAGS + b"</a>"
    tracemalloc.start()
    try:
        assert refused(body) == f"the body has more than {MOST_TAGS} tags"
        assert tracemalloc.get_traced_memory()[1] < 3 * len(body)
    finally:
        tracemalloc.stop()


def test_what_is_told_of_a_document_is_short_and_commands_no_terminal() -> None:
    assert len(refused(b"<a><" + b"x" * 40_000 + b"></a>")) < 300
    assert refused(b"<a\x1b[2J/>").isprintable()


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(Malformed):
        read_document(body)


@given(st.text(max_size=50), st.binary(max_size=50))
def test_any_content_type_is_taken_or_refused(content_type: str, body: bytes) -> None:
    with suppress(Malformed):
        read_document(b"<a>" + body + b"</a>", f"text/xml; charset={content_type}")


@pytest.mark.parametrize(
    "body",
    [
        b'<d xmlns:a="http://}c/" xmlns="b"><a:f/></d>',
        b'<d xmlns:a="http://&#125;c/" xmlns="b"><a:f/></d>',
        b'<d xmlns:a="http://}c/" xmlns="b"><e a:f="1"/></d>',
    ],
)
def test_a_namespace_with_a_brace_is_refused(body: bytes) -> None:
    # The parser itself forgets that it has seen one if a namespace that is relative comes after it.
    assert refused(body) == "a namespace has a brace in it, which no URI has"


def test_a_brace_elsewhere_is_nothing() -> None:
    assert read_document(b'<a b="}">{}&#125;</a>').text == "{}}"


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("name", ["xmlns", "xmlns:a", "xmlns:a ", "xmlns:\u00e9"])
def test_a_long_namespace_is_refused_before_each_element_costs_as_much(name: str, quote: str) -> None:
    """Less than a megabyte of it kept a gateway busy for a minute, and took gigabytes."""
    long = "x" * (LONGEST_NAMESPACE + 1)
    body = f"<b><a {name} =\n{quote}{long}{quote}>{'<i/>' * 9}</a></b>".encode()

    assert refused(body) == f"a namespace has more than {LONGEST_NAMESPACE} characters"
    assert read_document(body.replace(long.encode(), long[:-1].encode())).tag == "b"


@pytest.mark.parametrize(
    "text",
    ['<a>x="{}"</a>', "<a>xmlns='{}'</a>", '<a value="{}"/>', '<a><![CDATA[xmlns="{}"]]></a>', '<!--xmlns="{}"--><a/>'],
)
def test_what_is_as_long_and_no_namespace_is_taken(text: str) -> None:
    assert read_document(text.format("x" * 3 * LONGEST_NAMESPACE).encode()).tag == "a"


def test_a_namespace_of_many_references_is_as_long_as_what_they_stand_for() -> None:
    assert refused(b"<a xmlns='%s'/>" % (b"&#x78;" * (LONGEST_NAMESPACE + 1))).startswith("a namespace has more")
    assert read_document(b"<a xmlns='%s'/>" % (b"&#x78;" * LONGEST_NAMESPACE)) is not None
