"""Redaction: what Python says of a failure stays in the log; what was meant to be told is told."""

from __future__ import annotations

import pytest
from twisted.python.failure import Failure

from exchange import BadArguments, CallError, CallTimeout, RemoteError
from exchange.gateways.redaction import redacted
from tests.logbook import Logbook


def test_an_exception_of_python_is_known_by_a_number_that_the_log_has_too(logbook: Logbook) -> None:
    told = redacted(Failure(RemoteError("KeyError: 'password of ann'", delivered=True))).value

    assert isinstance(told, RemoteError)
    assert told.delivered is True
    known_by = str(told).rpartition("(")[2].rstrip(")")
    (line,) = logbook.lines(known_by)
    assert "password of ann" in line
    assert "password" not in str(told)


@pytest.mark.parametrize(
    "error",
    [
        CallError("out of stock", number=1001, origin="shop", details="since noon"),
        RemoteError("out of stock", number=1001),
        BadArguments("takes two arguments"),
        CallTimeout("no answer in 30 s"),
    ],
)
def test_what_was_meant_to_be_told_is_told(error: CallError) -> None:
    failure = Failure(error)

    assert redacted(failure) is failure
