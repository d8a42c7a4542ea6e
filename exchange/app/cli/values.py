"""How values are written on a command line: arguments in, results out."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any


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


def printed(result: Any, *, as_json: bool = False) -> str:
    """Return the line that shows a result: JSON, but a text without its quotes.

    Args:
        as_json: Quote a text too, so that every result is JSON.
    """
    plain = _plain(result)
    if isinstance(plain, str) and not as_json:
        return plain
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
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
            return [_plain(value.real), _plain(value.imag)]
        case Mapping():
            return {_key(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case set() | frozenset():
            return sorted((_plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        case _:
            return str(value)


def _key(key: Any) -> str:
    plain = _plain(key)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
