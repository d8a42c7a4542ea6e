"""What a prefix in ``xsi:type`` stands for, wherever it was declared, and however many there are."""

from __future__ import annotations

from time import process_time

import pytest
from lxml import etree

from exchange.gateways.soap_prefixes import ToldTypes

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def told(text: str) -> list[str | None]:
    """Return what stands for the prefix of each element that tells a type."""
    root = etree.fromstring(f"<r {XSI}>{text}</r>")
    types = ToldTypes()
    return [types.namespace_of(element) for element in root.iter() if "type" in "".join(map(str, element.attrib))]


@pytest.mark.parametrize(
    ("text", "namespaces"),
    [
        ('<a xmlns:p="urn:p" xsi:type="p:t"/>', ["urn:p"]),
        ('<a xmlns:p="urn:p"><b><c xsi:type=" p:t "/></b></a>', ["urn:p"]),
        ('<a xmlns:p="urn:p"><b xmlns:p="urn:q" xsi:type="p:t"/><c xsi:type="p:t"/></a>', ["urn:q", "urn:p"]),
        ('<a xmlns:p="urn:p"/><b xsi:type="p:t"/>', [None]),
        ('<a xsi:type="t"/>', [""]),
        ('<a xmlns="urn:d" xsi:type="t"><b xmlns="" xsi:type="t"/><c xsi:type="t"/></a>', ["urn:d", "", "urn:d"]),
        ('<a xmlns:p="urn:p" xmlns:q="urn:q"><b xsi:type="q:t"/><c xsi:type="p:t"/></a>', ["urn:q", "urn:p"]),
    ],
)
def test_a_prefix_stands_for_what_it_was_declared_as_last_around_the_element(
    text: str, namespaces: list[str | None]
) -> None:
    assert told(text) == namespaces


def test_elements_of_several_documents_can_be_asked() -> None:
    types = ToldTypes()
    for namespace in ("urn:a", "urn:b"):
        root = etree.fromstring(f'<a {XSI} xmlns:p="{namespace}" xsi:type="p:t"/>')
        assert types.namespace_of(root) == namespace


def test_thousands_of_prefixes_around_thousands_of_elements_cost_little() -> None:
    prefixes = " ".join(f'xmlns:p{number}="urn:p"' for number in range(20_000))
    text = f"<a {prefixes}>" + '<b xsi:type="p7:t"/>' * 10_000 + "</a>"
    began = process_time()

    assert told(text) == ["urn:p"] * 10_000

    assert process_time() - began < 10  # it was a minute when each element was asked itself
