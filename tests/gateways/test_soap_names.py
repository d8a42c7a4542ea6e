"""Any text as a name of XML, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from exchange.gateways.soap_names import namespace_of, service_of, text_of, xml_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("multiply", "multiply"),
        ("plant.line.speed", "plant.line.speed"),
        ("größe", "größe"),
        ("two words", "two_x0020_words"),
        ("a:b/c", "a_x003A_b_x002F_c"),
        ("2nd", "_x0032_nd"),
        ("-", "_x002D_"),
        ("", "_x_"),
        ("_x_", "_x005F_x_"),
        ("_x0020_", "_x005F_x0020_"),
        ("_", "_"),
        ("_xyz_", "_xyz_"),
        ("_x0020:", "_x005F_x0020_x003A_"),
        ("_x002:", "_x002_x003A_"),
        ("max_x", "max_x"),
        ("from_x_to_y", "from_x_to_y"),
        ("\U0001f600", "_x1F600_"),
        ("m.make.<locals>.P", "m.make._x003C_locals_x003E_.P"),
    ],
)
def test_what_is_no_name_of_xml_is_escaped(text: str, name: str) -> None:
    assert xml_name(text) == name


@given(st.text() | st.text("_x0123AF .:é", max_size=12))
def test_any_text_becomes_a_name_and_comes_back(text: str) -> None:
    name = xml_name(text)

    etree.Element(name)
    assert ":" not in name
    assert text_of(name) == text


@given(st.text("_x0123AF .:é", max_size=12), st.text("_x0123AF .:é", max_size=12))
def test_two_texts_have_two_names(one: str, other: str) -> None:
    assert (xml_name(one) == xml_name(other)) is (one == other)


@pytest.mark.parametrize("name", ["_x110000_", "_x00FFFFFFFF_", "_x20_"])
def test_an_escape_of_no_character_stays_as_it_is(name: str) -> None:
    assert text_of(name) == name


@given(st.text(st.characters(codec="utf-8")))
def test_a_service_is_known_by_its_namespace(service: str) -> None:
    namespace = namespace_of(service)

    assert namespace.isascii()
    assert " " not in namespace
    assert service_of(namespace) == service


def test_a_namespace_of_something_else_is_of_no_service() -> None:
    assert namespace_of("a b/ö") == "urn:exchange:service:a%20b/%C3%B6"
    assert service_of("urn:elsewhere") is None
