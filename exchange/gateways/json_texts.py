"""Values that JSON has not, as the texts by which they travel: what these look like, and what they mean.

A text must look as `jsonrpc_writer` writes such a value, or as others usually do; Python
itself would read more, and so make of two types one.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from math import isfinite
from typing import Any, NamedTuple
from uuid import UUID

from exchange.gateways.jsonrpc_reader import LONGEST_NUMBER

_TIME = r"\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?"
_NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,20})?"


class Text(NamedTuple):
    """How values of a type are written as text.

    Attributes:
        form: What the text must look like.
        example: One, for people.
        read: Returns the value; it may raise `ValueError`, or an error of arithmetic.
    """

    form: re.Pattern[str]
    example: str
    read: Callable[[str], Any]

    def value_of(self, text: str) -> Any:
        """Return the value that is written so; raises `ValueError` if none is."""
        if not self.form.fullmatch(text):
            raise ValueError
        try:
            return self.read(text)
        except ArithmeticError:
            raise ValueError from None


def _text(form: str, example: str, read: Callable[[str], Any]) -> Text:
    return Text(re.compile(form, re.ASCII), example, read)


TEXTS = {
    "bytes": _text(r"[A-Za-z0-9+/]*=*", "'AP8=' in base64", partial(b64decode, validate=True)),
    "complex": _text(r"[-+.0-9a-z()]+", "'(1+2j)'", complex),
    "date": _text(r"\d{4}-\d\d-\d\d", "'2026-01-31'", date.fromisoformat),
    "datetime": _text(rf"\d{{4}}-\d\d-\d\d[T ]{_TIME}", "'2026-01-31T23:59:59+00:00'", datetime.fromisoformat),
    "Decimal": _text(rf"{_NUMBER}|-?s?NaN\d*|-?Infinity", "'1.10'", Decimal),
    "time": _text(_TIME, "'23:59:59'", time.fromisoformat),
    "UUID": _text(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", f"'{UUID(int=0)}'", UUID),
}


def _finite(number: float) -> float:
    if not isfinite(number):
        raise ValueError
    return number


KEYS = {
    **TEXTS,
    "int": _text(rf"-?(0|[1-9]\d{{0,{LONGEST_NUMBER - 1}}})", "'42'", int),
    "float": _text(_NUMBER, "'1.5'", lambda text: _finite(float(text))),
}
"""What may be the name of a member, which is always a text."""

NEVER_ALIKE = frozenset({"date", "datetime", "time", "UUID", "literal"})
"""Types of which no text is one of another."""
