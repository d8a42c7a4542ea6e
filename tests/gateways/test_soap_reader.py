"""The element of a request as a method and its arguments."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from exchange import BadArguments, Description, MethodUnavailable
from exchange.errors import UnsuitableValue
from exchange.gateways.soap_reader import find_method, read_arguments
from tests.gateways.soaped import described, element, parameter

CRANE = described(
    parameter("to", "float"),
    parameter("load", "str", default="none"),
    parameter("speed", "int", "keyword", default=1),
)
PLACED = described(
    parameter("x", "int", "positional"),
    parameter("y", "int", "positional", default=5),
    parameter("z", "int", "positional", default_text="<object>"),
    parameter("more", "int", "rest-positional", default=None),
    parameter("mark", "str", "keyword"),
    parameter("others", "bool", "rest-keyword", default=None),
)


def arguments(description: Description, text: str) -> tuple[list[Any], dict[str, Any]]:
    wrapper = element(f"<lift>{text}</lift>")
    return read_arguments(wrapper, find_method(wrapper, description), description)


@pytest.mark.parametrize(
    ("text", "args", "kwargs"),
    [
        ("<to>1</to>", [1.0], {}),
        ("<to>1</to><load>iron</load>", [1.0, "iron"], {}),
        ("<load>iron</load><!-- order --><to>1</to>", [1.0, "iron"], {}),
        ("<to>1</to><speed>3</speed>", [1.0], {"speed": 3}),
        ("<x:to>1</x:to>", [1.0], {}),
        ('<to xmlns="">1</to>', [1.0], {}),
        ('<to xsi:nil="true"/>', [None], {}),
    ],
)
def test_arguments_are_known_by_their_names(text: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    assert arguments(CRANE, text) == (args, kwargs)


def test_after_one_that_is_left_out_the_others_go_by_name() -> None:
    crane = described(parameter("a", default=None), parameter("b", default=None), parameter("c", default=None))

    assert arguments(crane, "<a>1</a><c>3</c>") == (["1"], {"c": "3"})
    assert arguments(crane, "") == ([], {})


def test_what_would_have_parts_and_may_be_none_is_that_if_it_is_left_out() -> None:
    line = [parameter("end", "list[int] | None", "keyword"), parameter("why", "str | None", "keyword", default="")]
    crane = described(parameter("to", "plant.Line | None"), parameter("x", "int"), types={"plant.Line": line})

    assert arguments(crane, "<x>1</x>") == ([None, 1], {})
    assert arguments(crane, "<to/><x>1</x>") == ([{"end": None}, 1], {})
    with pytest.raises(BadArguments, match="x is missing; it must be int"):
        arguments(crane, "")


@pytest.mark.parametrize(
    ("text", "args", "kwargs"),
    [
        ("<x>1</x><mark>a</mark>", [1], {"mark": "a"}),
        ("<x>1</x><y>2</y><z>3</z><more>4</more><more>5</more><mark>a</mark>", [1, 2, 3, 4, 5], {"mark": "a"}),
        ("<x>1</x><z>3</z><mark>a</mark>", [1, 5, 3], {"mark": "a"}),
        (
            "<x>1</x><mark>a</mark><others><entry><key>any text</key><value>true</value></entry></others>",
            [1],
            {"mark": "a", "any text": True},
        ),
        ('<x>1</x><mark>a</mark><others xsi:nil="true"/>', [1], {"mark": "a"}),
    ],
)
def test_what_goes_by_position_only_has_no_holes_before_it(text: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    assert arguments(PLACED, text) == (args, kwargs)


@pytest.mark.parametrize(
    ("description", "text", "complaint"),
    [
        (CRANE, "", "to is missing; it must be float"),
        (CRANE, "<to>1</to><to>1</to>", "to is given twice"),
        (CRANE, "<to>1</to><too>1</too>", "'too' is no argument of it; there is to, load, speed"),
        (described(), "<to>1</to>", "'to' is no argument of it; there is none"),
        (PLACED, "<x>1</x>", "mark is missing; it must be str"),
        (PLACED, "<x>1</x><more>4</more><mark/>", "z must be given too, because one after it is"),
        (
            PLACED,
            "<x>1</x><mark/><others><entry><key>x</key><value>0</value></entry></others>",
            "others['x'] is a parameter, and has an element of its own",
        ),
        (
            PLACED,
            '<x>1</x><mark/><others><entry><key xsi:nil="true"/><value>0</value></entry></others>',
            "others[None] must be a name",
        ),
    ],
)
def test_arguments_that_the_method_does_not_take_are_told(description: Description, text: str, complaint: str) -> None:
    with pytest.raises(BadArguments) as caught:
        arguments(description, text)

    assert str(caught.value) == f"crane.lift: {complaint}"
    assert (caught.value.number, caught.value.delivered) == (56, False)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<to>far</to>", "to is not a number: 'far'"),
        ("to 5", "<lift> must hold elements, not the text 'to 5'"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, complaint: str) -> None:
    with pytest.raises(UnsuitableValue) as caught:
        arguments(CRANE, text)

    assert str(caught.value) == f"crane.lift: {complaint}"
    assert (caught.value.number, caught.value.delivered) == (54, False)


def test_each_of_any_number_has_its_place_in_the_path() -> None:
    with pytest.raises(UnsuitableValue, match=r"more\[1\] is not a whole number"):
        arguments(PLACED, "<x>1</x><more>4</more><more>b</more><mark/>")


def test_a_method_is_found_by_the_element_wherever_the_prefix_is_declared() -> None:
    crane = described(methods=["lift", "lift it", "plant.lift"])

    assert find_method(element("<s:lift/>"), crane).name == "lift"
    assert find_method(element("<lift_x0020_it/>"), crane).name == "lift it"
    assert find_method(element("<plant.lift/>"), crane).name == "plant.lift"
    assert find_method(etree.Element("lift"), crane).name == "lift"
    assert find_method(etree.Element("{urn:mine}lift"), crane, "urn:mine").name == "lift"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<sink/>", "service 'crane' exports no method 'sink'"),
        ("<two_x0020_words/>", "service 'crane' exports no method 'two words'"),
        ("<liftResponse/>", "service 'crane' exports no method 'liftResponse'"),
        (
            "<x:lift/>",
            "'lift' is in the namespace 'urn:exchange:types'; it must be 'urn:exchange:service:crane'",
        ),
    ],
)
def test_an_element_that_asks_for_no_method_is_told(text: str, complaint: str) -> None:
    with pytest.raises(MethodUnavailable) as caught:
        find_method(element(text), CRANE)

    assert str(caught.value) == complaint
    assert (caught.value.number, caught.value.delivered) == (55, False)
