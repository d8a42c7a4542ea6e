"""Errors to error objects, in the forms 2.0 and 1.0.

The older form is the four things that a program of netsvc is told of a failure. The
newer has a code and a sentence, and those four as its data, so that nothing is lost
where the code is one of the few that JSON-RPC reserves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from exchange.errors import BadArguments, CallError, MethodUnavailable, UnsuitableValue
from exchange.gateways.jsonrpc_request import Form, RequestId
from exchange.gateways.jsonrpc_writer import encoded

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
SERVER_ERROR = -32000

MESSAGES = {
    PARSE_ERROR: "Parse error",
    INVALID_REQUEST: "Invalid Request",
    METHOD_NOT_FOUND: "Method not found",
    INVALID_PARAMS: "Invalid params",
    INTERNAL_ERROR: "Internal error",
    SERVER_ERROR: "Server error",
}
"""What JSON-RPC calls its own errors."""

RESERVED = range(-32768, -31999)
"""Codes that mean what JSON-RPC says, whatever a method meant by them."""


class Told(NamedTuple):
    """What a caller is told of a call that failed: the error object of the form 1.0."""

    error: int
    description: str
    origin: str
    details: str


TellError = Callable[[CallError], Told]
"""How failures are told; a gateway may be given another way than `told_of`."""


def told_of(error: CallError) -> Told:
    """Return all that is known of ``error``; failures of `exchange` itself have no origin."""
    return Told(error.number, str(error), error.origin, error.details)


def code_of(error: CallError, number: int) -> int:
    """Return the code for a call that failed.

    Args:
        number: The number that the caller is told, which is the code if no other is meant for it.
    """
    if not error.delivered:  # what a method says of calls of its own is another matter
        if type(error) is MethodUnavailable:
            return METHOD_NOT_FOUND
        if type(error) is BadArguments or error.number == UnsuitableValue.CANNOT_ENCODE_REQUEST:
            return INVALID_PARAMS
    return SERVER_ERROR if number in RESERVED else number


def write_failure(form: Form, known_by: RequestId, code: int, told: Told) -> bytes:
    """Return the answer that brings a failure."""
    four = told._asdict()
    if form is Form.ONE:
        return encoded({"result": None, "error": four, "id": known_by})
    error: dict[str, Any] = {"code": code, "message": MESSAGES.get(code, told.description), "data": four}
    return encoded({"jsonrpc": form.value, "error": error, "id": known_by})


def unreadable(text: str) -> Told:
    """Return what is told of a body, or a part of one, that is no request."""
    return Told(UnsuitableValue.CANNOT_DECODE_REQUEST, text, "", "")
