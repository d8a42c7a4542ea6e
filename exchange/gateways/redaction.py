"""Redaction: what those who call over HTTP are not told of a failure, unless the gateway tells all.

They are told what a method meant to tell, and what is wrong with their call. What an
exception of Python says, and where hubs and processes are, stays in the log of the
gateway, under a number that they are told.
"""

from __future__ import annotations

import re
from secrets import token_hex

from twisted.logger import Logger
from twisted.python.failure import Failure

from exchange import CallError, LinkLost, Overloaded, RemoteError, ServiceUnavailable, ServiceWithdrawn, UnsuitableValue

PLACE = re.compile(r" \(at [^()]*\)")
"""Where something was found out."""

log = Logger()


def redacted(failure: Failure) -> Failure:
    """Return a failure as others may know it."""
    error = failure.value
    if not isinstance(error, CallError) or error.origin:  # whoever says so says it on purpose
        return failure
    told = _shortened(error)
    if told is None:
        text = _general(error)
        if text is None:
            return failure
        told = f"{text}; the log of the gateway says more ({_noted(error)})"
    return Failure(type(error)(told, number=error.number, delivered=error.delivered))


def _shortened(error: CallError) -> str | None:
    """Return a text less what is nobody's business, where the rest of it says enough."""
    if isinstance(error, ServiceWithdrawn):
        return error.description.partition(": ")[0]
    if isinstance(error, Overloaded):
        return PLACE.sub("", error.description)
    return None


def _general(error: CallError) -> str | None:
    """Return a sentence in place of a text that was not meant for those who call."""
    is_of_method = error.delivered is True
    if type(error) is RemoteError and error.number == RemoteError.usual_number:
        return "the method failed"
    if isinstance(error, UnsuitableValue) and error.received and error.number in _OF_THE_ANSWER:
        return "what the method returned cannot be sent"
    if isinstance(error, ServiceUnavailable) and not is_of_method:
        return "the service is not there any more"
    if isinstance(error, LinkLost) and not is_of_method:
        return "the gateway has lost its hub"
    if type(error) is CallError and error.delivered is None:
        return "the call could not be made"
    return None


_OF_THE_ANSWER = (UnsuitableValue.CANNOT_ENCODE_REPLY, UnsuitableValue.CANNOT_DECODE_REPLY)


def _noted(error: CallError) -> str:
    """Write a failure down; return the number that it has there."""
    known_by = token_hex(4)
    whole = " ".join(part for part in (f"{type(error).__name__}, error {error.number}: {error}", error.details) if part)
    log.info("failure {known_by}, as it was not told: {whole}", known_by=known_by, whole=whole)
    return known_by
