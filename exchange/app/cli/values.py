"""How values are written on a command line: arguments in, results out."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

_WRITTEN_IN_JSON = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}
"""Control characters that JSON lets stand; they may command a terminal."""


def argument(text: str) -> Any:
    """Return the value that a word of the command line stands for: JSON where it is JSON, else the text itself."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def named_argument(text: str) -> tuple[str, Any]:
    """Return name and value of a word such as ``digits=2``.

    Raises:
        ValueError: It has no name.
    """
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise ValueError(f"{text!r} is not NAME=VALUE")
    return name, argument(value)


def arguments_in(text: str) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments and the keyword arguments of a call that a JSON text says.

    Raises:
        ValueError: It is no list, and no object with ``args``, ``kwargs`` or both.
    """
    expected = """expected a list such as [6, 7], or {"args": [6], "kwargs": {"y": 7}}"""
    try:
        given = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{expected}, in JSON: {error}") from None
    if isinstance(given, list):
        return given, {}
    if not isinstance(given, dict) or not given or not given.keys() <= {"args", "kwargs"}:
        raise ValueError(f"{expected}, got {text.strip()[:60]}")
    args, kwargs = given.get("args", []), given.get("kwargs", {})
    if not isinstance(args, list) or not isinstance(kwargs, dict):
        raise ValueError(f"{expected}, got {text.strip()[:60]}")
    return args, kwargs


def printed(result: Any, *, as_json: bool = False) -> str:
    """Return the line that shows a result: JSON, but a text without its quotes.

    Args:
        as_json: Quote a text too, so that every result is JSON.
    """
    plain = as_json_has_it(result)
    if isinstance(plain, str) and not as_json:
        return plain
    return json.dumps(plain, ensure_ascii=False, allow_nan=False).translate(_WRITTEN_IN_JSON)


def as_json_has_it(value: Any) -> Any:
    """Return ``value`` in what JSON has; what it has not becomes the usual text."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case complex():
            return [as_json_has_it(value.real), as_json_has_it(value.imag)]
        case Mapping():
            return {_key(key): as_json_has_it(item) for key, item in value.items()}
        case list() | tuple():
            return [as_json_has_it(item) for item in value]
        case set() | frozenset():
            return sorted((as_json_has_it(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        case _:
            return str(value)


def _key(key: Any) -> str:
    plain = as_json_has_it(key)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
