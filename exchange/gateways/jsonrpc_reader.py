"""The body of a JSON-RPC request to plain data, read strictly.

The parser of the standard library takes more than JSON is, and of two members of one
name the last. Here both are refused; so are numbers and depths that would cost more
than they can be worth, and texts that no other program could be sent.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import Counter
from itertools import count
from json import JSONDecodeError, JSONDecoder
from math import isfinite
from typing import Any, NoReturn

DEEPEST = 64
"""How many arrays and objects may stand one in another, that of the request among them."""

LONGEST_NUMBER = 400
"""In digits."""


class Malformed(ValueError):
    """The body is no JSON that could be a request; the text says why."""


def read_document(body: bytes) -> Any:
    """Return the data that a body holds.

    Raises:
        Malformed: It is not JSON in UTF-8; or has two members of one name in an object, a
            number too long or too large, half of a character, or more depth than is taken.
    """
    if not body:
        raise Malformed("the body is empty")
    if body.startswith(BOM_UTF8):
        raise Malformed("the body begins with a byte order mark, which JSON does not have")
    try:
        document = _DECODER.decode(body.decode())
    except UnicodeDecodeError as error:
        raise Malformed(f"the body is not UTF-8: byte {error.start} is none of it") from None
    except JSONDecodeError as error:
        raise Malformed(f"the body is not JSON: {error.msg}, at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise _too_deep() from None
    if b"\\u" in body or body.count(b"[") + body.count(b"{") > DEEPEST:  # or there is nothing to find
        _check(document)
    return document


def shown(text: str) -> str:
    """Return a text as it is told in an error, which is not at any length."""
    return repr(text if len(text) <= 40 else f"{text[:40]}...")


def _check(document: Any) -> None:
    """Look at all values, those of one depth after those of the one before."""
    level = [document]
    for depth in count():
        below: list[Any] = []
        for value in level:
            if type(value) is str:
                _check_text(value)
            elif type(value) is list:
                below += value
            elif type(value) is dict:
                for name in value:
                    _check_text(name)
                below += value.values()
        if depth >= DEEPEST and any(type(value) in (list, dict) for value in level):
            raise _too_deep()
        if not below:
            return
        level = below


def _check_text(text: str) -> None:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Malformed("a text holds one half of a character, written as \\u escape") from None


def _too_deep() -> Malformed:
    return Malformed(f"more than {DEEPEST} arrays and objects stand one in another")


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(members)
    if len(made) != len(members):
        (twice, _), *_ = Counter(name for name, _ in members).most_common(1)
        raise Malformed(f"an object has two members {shown(twice)}")
    return made


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise Malformed(f"a number has more than {LONGEST_NUMBER} digits")
    return int(digits)


def _fraction(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER:
        raise Malformed(f"a number has more than {LONGEST_NUMBER} digits")
    number = float(digits)
    if not isfinite(number):
        raise Malformed(f"{shown(digits)} is too large for a number with a fraction or exponent")
    return number


def _constant(word: str) -> NoReturn:
    raise Malformed(f"the body is not JSON: {word} is no number of it")


_DECODER = JSONDecoder(object_pairs_hook=_object, parse_int=_whole, parse_float=_fraction, parse_constant=_constant)
