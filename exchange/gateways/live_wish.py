"""What a request for live reports asks for: of which service, on which subjects, in which form, and since when."""

from __future__ import annotations

from typing import NamedTuple
from unicodedata import category

from twisted.web import http
from twisted.web.server import Request

from exchange.gateways.refusals import Refusal

MOST_SUBJECTS = 16
"""Patterns that one request may ask for."""

LONGEST_PATTERN = 1024
"""In bytes; no pattern is longer in an exchange."""

FORMS = ("content", "report")
"""What an entry brings: the content alone, named by its subject; or all of a report, with no name."""


class Wish(NamedTuple):
    """What a listener wants to hear.

    Attributes:
        name: Of the service.
        patterns: The subjects, as globs.
        is_whole: Whether each entry tells all of a report, subject included.
        user: The principal who listens, if the gateway asks for one.
    """

    name: str
    patterns: tuple[str, ...]
    is_whole: bool
    user: str | None


class Seen(NamedTuple):
    """The last entry that a listener has seen who comes back: that of which listener, and its number."""

    known_by: str
    number: int


def wish_of(request: Request, name: str, user: str | None) -> Wish | Refusal:
    """Return what a request wants to hear of the service ``name``, or why it cannot."""
    patterns = [_text(given) for given in _given(request, "subject")] or ["*"]
    if len(patterns) > MOST_SUBJECTS:
        return _malformed(f"subject may be given {MOST_SUBJECTS} times at most; a pattern such as nyse.* fits many")
    for pattern in patterns:
        if pattern is None or not is_pattern(pattern):
            return _malformed(f"a subject must be 1 to {LONGEST_PATTERN} bytes of text without control characters")
    forms = [_text(given) for given in _given(request, "form")] or [FORMS[0]]
    if len(forms) > 1 or forms[0] not in FORMS:
        return _malformed(f"form must be one of {', '.join(FORMS)}")
    known = tuple(dict.fromkeys(pattern for pattern in patterns if pattern is not None))
    return Wish(name, known, forms[0] == FORMS[1], user)


def seen_of(request: Request) -> Seen | None:
    """Return the last entry that whoever makes a request has seen; one of nobody if they have seen one unknown here.

    A browser that has lost the connection tells by a header, and a program that begins may by the URL.
    """
    given = request.getHeader(b"last-event-id") or (_given(request, "last-event-id") or [b""])[-1]
    if not given:
        return None
    known_by, _, number = given.decode("latin-1").rpartition("-")
    is_number = number.isascii() and number.isdigit() and len(number) < 16
    return Seen(known_by, int(number)) if is_number else Seen("", 0)


def is_pattern(text: str) -> bool:
    """Return whether one can subscribe to a pattern."""
    return 0 < len(text.encode()) <= LONGEST_PATTERN and not any(category(letter) == "Cc" for letter in text)


def _given(request: Request, name: str) -> list[bytes]:
    given: list[bytes] = (request.args or {}).get(name.encode(), [])
    return given


def _text(given: bytes) -> str | None:
    try:
        return given.decode()
    except UnicodeDecodeError:
        return None


def _malformed(text: str) -> Refusal:
    return Refusal(http.BAD_REQUEST, text)
