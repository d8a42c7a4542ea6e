from __future__ import annotations

from exchange import errors, netsvc
from exchange.netsvc.codes import STANDARD_TEXTS


def test_the_numbers_and_their_texts_are_those_of_old() -> None:
    assert list(STANDARD_TEXTS) == [*range(40, 49), *range(50, 59)]
    assert (netsvc.CLIENT_SERVICE_UNAVAILABLE, netsvc.CLIENT_SERVICE_UNAVAILABLE_MESSAGE) == (46, "Service Unavailable")
    assert (netsvc.SERVER_APPLICATION_ERROR, netsvc.SERVER_APPLICATION_ERROR_MESSAGE) == (57, "Application Error")


def test_each_number_has_a_text_of_its_side() -> None:
    for name, value in vars(netsvc).items():
        if name.startswith(("CLIENT_", "SERVER_")) and isinstance(value, int):
            assert STANDARD_TEXTS[value] == getattr(netsvc, f"{name}_MESSAGE"), name
            assert (40 <= value < 50) == name.startswith("CLIENT_"), name


def test_every_error_of_exchange_has_a_text() -> None:
    assert {error.usual_number for error in errors.CALL_ERRORS.values()} <= set(STANDARD_TEXTS)
