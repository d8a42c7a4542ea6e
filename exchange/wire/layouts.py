"""Layouts: which fields the header of each kind of frame has, and what they may be.

A header is an id, in kinds that have one, and then one msgpack array. A layout
names the fields of the array in their order. A reader uses the fields it knows
and leaves the rest; a field that a later version added is absent from older
frames and then has the value given here.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any, NamedTuple

from exchange.errors import LocalProtocolError
from exchange.wire.identities import ID_SIZE, IDENTITY_SIZE, SECRET_SIZE
from exchange.wire.limits import (
    LONGEST_DIGEST,
    LONGEST_NAME,
    LONGEST_PATH,
    LONGEST_PATTERN,
    LONGEST_TEXT,
    MOST_ITEMS,
    SMALLEST_FRAME,
)

FIRST_TRAFFIC = 16
"""Kinds below are the dialogue's own; the switch sees the others."""


class Kind(IntEnum):
    """What a frame is for."""

    __hash__ = int.__hash__  # that of Enum is a function in Python

    HELLO = 1
    CHALLENGE = 2
    PROOF = 3
    WELCOME = 4
    READY = 5
    LEAVING = 6
    BYE = 7
    PING = 8
    PONG = 9

    ANNOUNCE = 16
    WITHDRAW = 17
    SUBSCRIBE = 18
    UNSUBSCRIBE = 19

    REQUEST = 32
    REPLY = 33
    FAILURE = 34
    CANCEL = 35
    REPORT = 36


class Field(NamedTuple):
    """One place of a header's array."""

    name: str
    fits: Callable[[Any], bool]
    expected: str
    absent: tuple[Any, ...] = ()
    """The value it has when the array ends before it; empty if it may not."""


class Layout(NamedTuple):
    """The header of one kind."""

    kind: Kind
    has_id: bool
    fields: tuple[Field, ...]
    required: int
    absent: tuple[Any, ...]

    def check(self, array: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return ``array`` with its absent fields filled in, and without those we do not know.

        Raises:
            LocalProtocolError: It is too short, or a field is not what it must be.
        """
        if len(array) < self.required:
            raise LocalProtocolError(f"the header of {self.kind.name} has no '{self.fields[len(array)].name}'")
        for field, value in zip(self.fields, array, strict=False):
            if not field.fits(value):
                raise LocalProtocolError(f"'{field.name}' of {self.kind.name} must be {field.expected}")
        if len(array) < len(self.fields):
            return array + self.absent[len(array) - self.required :]
        return array[: len(self.fields)]


def is_natural(value: Any) -> bool:
    """Whether it is an integer from 0 to 2**64 - 1."""
    return type(value) is int and 0 <= value < 1 << 64


def is_integer(value: Any) -> bool:
    """Whether it is an integer that fits in 64 bits with its sign."""
    return type(value) is int and -(1 << 63) <= value < 1 << 63


def is_seconds(value: Any) -> bool:
    """Whether it is a number of seconds, a day at most."""
    return type(value) in (int, float) and 0 <= value <= 86_400


def is_text(value: Any, longest: int = LONGEST_TEXT) -> bool:
    """Whether it is text of at most ``longest`` bytes without control characters or lone surrogates."""
    if type(value) is not str or len(value) > longest:
        return False
    if value.isascii():
        return value.isprintable()
    if any(c < " " or "\x7f" <= c < "\xa0" or "\ud800" <= c <= "\udfff" for c in value):
        return False
    return len(value.encode()) <= longest


def is_word(value: Any) -> bool:
    """Whether it is text of at most 255 bytes; what is called so may also be built in."""
    return is_text(value, LONGEST_NAME)


def is_name(value: Any) -> bool:
    """Whether it can name a service, a group or a method: text, and not begun with ``$``."""
    return is_text(value, LONGEST_NAME) and value[:1] != "$"


def _is_bool(value: Any) -> bool:
    return type(value) is bool


def _is_identity(value: Any) -> bool:
    return type(value) is bytes and len(value) == IDENTITY_SIZE


def _is_id(value: Any) -> bool:
    return type(value) is bytes and len(value) == ID_SIZE


def _is_target(value: Any) -> bool:
    return is_text(value, LONGEST_NAME) if type(value) is str else _is_id(value)


def _is_names(value: Any) -> bool:
    return type(value) is tuple and len(value) <= MOST_ITEMS and all(map(is_name, value))


def _is_texts(value: Any) -> bool:
    return type(value) is tuple and len(value) <= MOST_ITEMS and all(map(is_text, value))


def _is_path(value: Any) -> bool:
    return _is_names(value) and len(value) <= LONGEST_PATH


def _is_versions(value: Any) -> bool:
    return type(value) is tuple and 1 <= len(value) <= MOST_ITEMS and all(map(is_natural, value))


def _is_limits(value: Any) -> bool:
    if type(value) is not dict or len(value) > MOST_ITEMS:
        return False
    if not all(map(is_text, value)) or not all(map(is_natural, value.values())):
        return False
    return bool(value.get("max-frame", SMALLEST_FRAME) >= SMALLEST_FRAME)


def _or_nil(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or fits(value)


def _field(name: str, fits: Callable[[Any], bool], expected: str, *absent: Any) -> Field:
    return Field(name, fits, expected, absent)


_NAME = f"text of at most {LONGEST_NAME} bytes without control characters, not begun with '$'"
_WORD = f"text of at most {LONGEST_NAME} bytes"
_TEXT = f"text of at most {LONGEST_TEXT} bytes without control characters"


def _principal(*absent: Any) -> Field:
    return _field("principal", _or_nil(lambda value: is_text(value, LONGEST_NAME)), "a name or nil", *absent)


_ATTACHMENT = _field("attachment", is_natural, "a natural number")
_LIMITS = _field("limits", _is_limits, f"a map of names to natural numbers, 'max-frame' {SMALLEST_FRAME} at least", {})
_HUB_NAME = _field("name", is_word, _WORD, "")

_TABLE: list[tuple[Kind, bool, list[Field]]] = [
    (
        Kind.HELLO,
        False,
        [
            _field("versions", _is_versions, "an array of natural numbers, one at least"),
            _field("role", lambda value: value in ("peer", "hub"), "'peer' or 'hub'"),
            _field("exchange group", is_name, _NAME),
            _field("secret", lambda v: type(v) is bytes and len(v) == SECRET_SIZE, f"{SECRET_SIZE} bytes"),
            _ATTACHMENT,
            _field("mechanism", is_text, _TEXT),
            _LIMITS,
            _HUB_NAME,
        ],
    ),
    (Kind.CHALLENGE, False, [_field("data", lambda value: type(value) is bytes, "bytes")]),
    (Kind.PROOF, False, [_field("data", lambda value: type(value) is bytes, "bytes")]),
    (
        Kind.WELCOME,
        False,
        [
            _field("version", is_natural, "a natural number"),
            _field("identity", _is_identity, f"{IDENTITY_SIZE} bytes"),
            _principal(),
            _LIMITS._replace(absent=()),
            _field("endpoints", _is_texts, "an array of text"),
            _HUB_NAME,
        ],
    ),
    (Kind.READY, False, []),
    (
        Kind.LEAVING,
        False,
        [_field("text", is_text, _TEXT), _field("seconds", is_seconds, "seconds, a day at most")],
    ),
    (
        Kind.BYE,
        False,
        [
            _field("code", is_text, _TEXT),
            _field("text", is_text, _TEXT),
            _field("identity", _or_nil(_is_identity), f"{IDENTITY_SIZE} bytes or nil", None),
        ],
    ),
    (Kind.PING, False, [_field("number", is_natural, "a natural number")]),
    (Kind.PONG, False, [_field("number", is_natural, "a natural number")]),
    (
        Kind.ANNOUNCE,
        True,
        [
            _ATTACHMENT,
            _field("name", is_name, _NAME),
            _field("groups", _is_names, f"an array of at most {MOST_ITEMS} names, each {_NAME}"),
            _field("audience", is_name, _NAME),
            _field("digest", lambda value: type(value) is bytes and len(value) <= LONGEST_DIGEST, "at most 64 bytes"),
            _principal(),
            _field("path", _is_path, f"an array of {LONGEST_PATH} exchange groups at most"),
            _field("by", _or_nil(_is_identity), f"{IDENTITY_SIZE} bytes or nil"),
        ],
    ),
    (Kind.WITHDRAW, True, [_field("reason", is_text, _TEXT)]),
    (
        Kind.SUBSCRIBE,
        True,
        [
            _field("service", _is_target, "a name or an id"),
            _field("pattern", lambda value: is_text(value, LONGEST_PATTERN), _TEXT),
            _field("overflow", is_text, _TEXT),
            _ATTACHMENT,
        ],
    ),
    (Kind.UNSUBSCRIBE, True, []),
    (
        Kind.REQUEST,
        True,
        [
            _field("to", _is_target, "a name or an id"),
            _field("method", is_word, _WORD),
            _principal(None),
        ],
    ),
    (Kind.REPLY, True, []),
    (
        Kind.FAILURE,
        True,
        [
            _field("code", is_integer, "an integer"),
            _field("delivered", lambda value: value is None or type(value) is bool, "true, false or nil"),
        ],
    ),
    (Kind.CANCEL, True, []),
    (
        Kind.REPORT,
        True,
        [
            _field("name", is_word, _WORD),
            _field("subject", lambda value: is_text(value, LONGEST_PATTERN), _TEXT),
            _field("to", _or_nil(_is_id), f"{ID_SIZE} bytes or nil"),
            _field("retained", _is_bool, "true or false"),
            _field("kept", _is_bool, "true or false", True),
        ],
    ),
]


def _layout(kind: Kind, has_id: bool, fields: list[Field]) -> Layout:
    required = sum(1 for field in fields if not field.absent)
    return Layout(kind, has_id, tuple(fields), required, tuple(f.absent[0] for f in fields[required:]))


LAYOUTS: list[Layout | None] = [None] * (max(Kind) + 1)
"""The layout of each kind, by its number."""

for _row in _TABLE:
    LAYOUTS[_row[0]] = _layout(*_row)
