"""A value for which there are no words is found again by its path."""

from __future__ import annotations

from exchange.errors import UnsuitableValue
from exchange.gateways.inexpressible import Inexpressible


def test_the_path_leads_from_the_whole_to_the_value() -> None:
    error = Inexpressible("no words").within(3).within("when").of_result()

    assert isinstance(error, UnsuitableValue)
    assert (error.number, error.delivered) == (52, True)
    assert str(error) == "result['when'][3]: no words"


def test_a_key_that_python_does_not_write_is_told_by_its_type() -> None:
    assert str(Inexpressible("no words").within(10**5000).of_result()) == "result[<int>]: no words"
