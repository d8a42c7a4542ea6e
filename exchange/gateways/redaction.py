"""Redaction: what those who call over HTTP are not told of a failure, unless the gateway tells all."""

from __future__ import annotations

from secrets import token_hex

from twisted.logger import Logger
from twisted.python.failure import Failure

from exchange import RemoteError

log = Logger()


def redacted(failure: Failure) -> Failure:
    """Return a failure as others may know it: what an exception of Python says stays in the log, under a number."""
    error = failure.value
    if type(error) is not RemoteError or error.origin or error.number != RemoteError.usual_number:
        return failure
    known_by = token_hex(4)
    log.info("failure {known_by} of a method, as it was not told: {error}", known_by=known_by, error=str(error))
    return Failure(
        RemoteError(f"the method failed; the log of the gateway says why ({known_by})", delivered=error.delivered)
    )
