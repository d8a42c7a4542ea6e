"""Failures in netsvc's form: a number, a description, who says so, and details.

What a method tells on purpose passes as it is. What `exchange` itself says has a text
for people and no origin; a program of netsvc expects the standard text of the number,
the origin ``netsvc``, and all else in the details.
"""

from __future__ import annotations

from exchange import errors
from exchange.netsvc.codes import (
    CLIENT_REQUEST_ABORTED,
    CLIENT_SERVICE_UNAVAILABLE,
    CLIENT_SERVICE_UNAVAILABLE_MESSAGE,
    SERVER_APPLICATION_ERROR,
    SERVER_METHOD_UNAVAILABLE,
    STANDARD_TEXTS,
)

ORIGIN = "netsvc"


class ServiceFailure(errors.CallError):
    """A method that raises it tells its caller these four things, and nothing else.

    Args:
        error: A number; 0 to 99 are taken by `exchange` itself.
        description: What went wrong.
        origin: Who says so: a word of your own.
        details: More text, or empty.
    """

    def __init__(self, error: int, description: str = "", origin: str = "", details: str = "") -> None:
        super().__init__(description, number=error, origin=origin, details=details)
        self.error = error

    def __str__(self) -> str:
        return f"{fault_string(self)} (error {self.error})"


class ServiceUnavailable(ServiceFailure):
    """An end point was called that has no service."""


def no_service(name: str) -> ServiceUnavailable:
    """Return the failure of a call to a service that was not found."""
    return ServiceUnavailable(CLIENT_SERVICE_UNAVAILABLE, CLIENT_SERVICE_UNAVAILABLE_MESSAGE, ORIGIN, name)


def standard_failure(error: int, details: str = "") -> ServiceFailure:
    """Return the failure that `exchange` itself makes under one of its numbers."""
    return ServiceFailure(error, STANDARD_TEXTS[error], ORIGIN, details)


def failure_of(error: BaseException | None) -> ServiceFailure:
    """Return what a program of netsvc is told of a call that failed with ``error``.

    A service that cannot be reached any more is error 57, whether it was lost before,
    while or after the call reached it.
    """
    if not isinstance(error, errors.CallError):
        return standard_failure(CLIENT_REQUEST_ABORTED, str(error))
    if type(error) is errors.CallError or error.origin or error.number not in STANDARD_TEXTS:
        return ServiceFailure(error.number, error.description, error.origin, error.details)
    if _is_gone(error):
        return standard_failure(SERVER_APPLICATION_ERROR, error.description)
    if error.number == SERVER_METHOD_UNAVAILABLE:
        return standard_failure(SERVER_METHOD_UNAVAILABLE)
    return standard_failure(error.number, "\n\n".join(filter(None, [error.description, error.details])))


def fault_string(failure: errors.CallError) -> str:
    """Return a failure as one text: ``origin -- description``, an empty line, details; what is empty is left out."""
    first = " -- ".join(filter(None, [failure.origin, failure.description]))
    return "\n\n".join(filter(None, [first, failure.details]))


def _is_gone(error: errors.CallError) -> bool:
    """Whether a call failed because its service was gone, not because the method says that another was."""
    return isinstance(error, errors.LinkLost | errors.ServiceUnavailable) and error.delivered is not True
