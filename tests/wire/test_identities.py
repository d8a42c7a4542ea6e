"""What an exchange is, and how what it makes is called."""

from __future__ import annotations

import pytest

from exchange.wire.identities import (
    ID_SIZE,
    IDENTITY_SIZE,
    LARGEST_NUMBER,
    Identity,
    identity_of,
    make_id,
    maker_of,
    number_of,
    readable,
    title_of,
)


def test_one_secret_stands_for_one_identity() -> None:
    assert identity_of(bytes(32)) == identity_of(bytes(32))
    assert identity_of(bytes(32)) != identity_of(b"\1" + bytes(31))
    assert len(identity_of(bytes(32))) == IDENTITY_SIZE


def test_an_identity_does_not_show_its_secret() -> None:
    assert identity_of(b"s" * 32) not in (b"s" * 16, b"s" * 32)


@pytest.mark.parametrize("number", [0, 1, 255, 256, LARGEST_NUMBER])
def test_an_id_tells_who_made_it_and_which_it_is(number: int) -> None:
    identity = identity_of(bytes(32))

    thing = make_id(identity, number)

    assert len(thing) == ID_SIZE
    assert maker_of(thing) == identity
    assert number_of(thing) == number


def test_there_is_no_id_for_a_number_of_more_than_four_bytes() -> None:
    with pytest.raises(OverflowError):
        make_id(identity_of(bytes(32)), LARGEST_NUMBER + 1)


def test_people_see_the_beginning_of_an_identity_and_the_number_of_an_id() -> None:
    identity = Identity(bytes.fromhex("87b42499ad95") + bytes(10))

    assert readable(identity) == "h7Qkma2V"
    assert readable(make_id(identity, 3)) == "h7Qkma2V.3"


def test_people_see_the_name_of_a_hub_before_its_identity() -> None:
    identity = identity_of(bytes(32))
    assert title_of(identity, "rome") == "rome (Zmh6rfhi)"
    assert title_of(identity, "") == "Zmh6rfhi"
