"""One JSON-RPC request, of the forms 2.0 and 1.0, as what it asks for.

Form 2.0 says so: its member ``jsonrpc`` is ``"2.0"``. What says nothing, and has a
method and an id, is of the form 1.0, as programs of netsvc's time send it: arguments
by their place, and an answer to whatever the id is. Batches hold the form 2.0 only.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple

RequestId = str | int | float | None

IDS = frozenset({str, int, float, type(None)})
"""Types of ids, as they come in JSON; ``True`` is none."""


class Form(Enum):
    """Which version of the protocol a request is written in."""

    ONE = "1.0"
    TWO = "2.0"


class Asked(NamedTuple):
    """What a request asks for.

    Attributes:
        id: What the answer is known by.
        wants_answer: Whether there is to be one; a notification wants none.
    """

    method: str
    args: list[Any]
    kwargs: dict[str, Any]
    id: RequestId
    form: Form
    wants_answer: bool = True


class Invalid(ValueError):
    """The data is no request.

    Attributes:
        id: What the answer is known by, as far as that could be told.
        form: How the answer is written.
    """

    def __init__(self, text: str, id: RequestId = None, form: Form = Form.TWO) -> None:
        super().__init__(text)
        self.id = id
        self.form = form


def read_request(data: Any, *, alone: bool = True) -> Asked:
    """Return what a request asks for.

    Args:
        alone: Whether it is no part of a batch.

    Raises:
        Invalid: It is none.
    """
    if type(data) is not dict:
        raise Invalid("a request must be an object")
    if alone and "jsonrpc" not in data and "method" in data and "id" in data:
        return _read_one(data)
    return _read_two(data)


def _read_two(data: dict[str, Any]) -> Asked:
    known_by = data.get("id")
    if type(known_by) not in IDS:
        raise Invalid("'id' must be a text, a number or null")
    if data.get("jsonrpc") != "2.0":
        raise Invalid("'jsonrpc' must be \"2.0\"", known_by)
    method = data.get("method")
    if type(method) is not str:
        raise Invalid("'method' must be a text", known_by)
    params = data.get("params", [])
    if type(params) is list:
        return Asked(method, params, {}, known_by, Form.TWO, "id" in data)
    if type(params) is dict:
        return Asked(method, [], params, known_by, Form.TWO, "id" in data)
    raise Invalid("'params' must be an array or an object", known_by)


def _read_one(data: dict[str, Any]) -> Asked:
    known_by = data["id"]
    if type(known_by) not in IDS:
        raise Invalid("'id' must be a text, a number or null", None, Form.ONE)
    if not isinstance(data["method"], str):
        raise Invalid("'method' must be a text", known_by, Form.ONE)
    if not isinstance(data.get("params"), list):
        raise Invalid("'params' must be an array", known_by, Form.ONE)
    return Asked(data["method"], data["params"], {}, known_by, Form.ONE)
