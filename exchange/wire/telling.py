"""Telling: the texts of objects that may not let themselves be told.

``str`` and ``repr`` run code of whoever wrote the class, which may raise, and a text
may hold characters that command a terminal. What stands in a failure or in a log must
come about all the same, so nothing here raises.
"""

from __future__ import annotations

from typing import Any

from exchange.errors import WRITTEN_OUT

UNTOLD = "its text cannot be told"

LONGEST_SHOWN = 100


def text_of(thing: Any, otherwise: str = UNTOLD) -> str:
    """Return the text of ``thing``, or ``otherwise`` if it has none."""
    try:
        return str.__str__(str(thing))
    except BaseException:
        return otherwise


def reason_of(error: BaseException) -> str:
    """Return the text of an exception, or the name of its type if that is empty."""
    return text_of(error) or _name_of(error)


def told(error: BaseException | None) -> str:
    """Return type and text of an exception, fit for people: no control characters."""
    name, text = _name_of(error), plain(text_of(error))
    return f"{name}: {text}" if text else name


def shown(thing: Any) -> str:
    """Return ``thing`` as Python writes it, if that is possible; long texts are cut."""
    try:
        text = str.__str__(repr(thing))
    except BaseException:
        return f"<{_name_of(thing)}>"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def plain(text: str) -> str:
    """Return ``text`` with its control characters written out: ``\\x1b``."""
    return text.translate(WRITTEN_OUT)


def _name_of(thing: Any) -> str:
    return text_of(type.__dict__["__name__"].__get__(type(thing)))
