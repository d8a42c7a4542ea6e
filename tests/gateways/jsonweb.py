"""Requests of JSON-RPC to a site in memory, and what comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.gateways.web import Answer, Web

JsonGateway = Callable[..., Web]
MULTIPLY = b'{"jsonrpc": "2.0", "method": "multiply", "params": [6, 7], "id": 1}'


def read(answer: Answer) -> Any:
    """Return the JSON that came."""
    assert answer.status == 200, answer
    assert answer.headers["content-type"] == "application/json"
    return json.loads(answer.body)


def post(web: Web, body: str | bytes, name: str = "math") -> Any:
    """Post a body, and return the JSON that comes back."""
    raw = body.encode() if isinstance(body, str) else body
    return read(web.post(name, raw, "Content-Type: application/json"))


def asked(method: str, params: Any = None, **members: Any) -> dict[str, Any]:
    """Return a request; its id is 1 unless told otherwise."""
    params = {} if params is None else {"params": params}
    return {"jsonrpc": "2.0", "method": method, "id": 1, **params, **members}


def call(web: Web, method: str, params: Any = None, name: str = "math", **members: Any) -> Any:
    """Make a call, and return all that comes back."""
    return post(web, json.dumps(asked(method, params, **members)), name)


def raw(method: str, params: str) -> bytes:
    """Return a request whose arguments are written in JSON."""
    return f'{{"jsonrpc": "2.0", "method": "{method}", "params": {params}, "id": 1}}'.encode()


def error_of(answer: Any) -> tuple[int, str]:
    """Return code and message of a failure."""
    assert set(answer) == {"jsonrpc", "error", "id"}, answer
    return answer["error"]["code"], answer["error"]["message"]
