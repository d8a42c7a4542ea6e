"""A description says what a service offers: methods with parameters, types, defaults, documentation.

It is plain data on the wire, and everything that shows a method to the outside is
made from it. The texts of types follow a grammar; see ``docs/reference/descriptions.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from msgspec import ValidationError, convert

from exchange.errors import UnsuitableValue
from exchange.wire.limits import KIB
from exchange.wire.values import encode_value

DIGEST_SIZE = 16

LARGEST_DESCRIPTION = 256 * KIB
"""In bytes, as it is sent."""


@dataclass(frozen=True)
class ParameterDescription:
    """A parameter of a method, or a field of a type.

    Attributes:
        kind: ``"positional"``, ``"keyword"``, ``"either"``, ``"rest-positional"`` or ``"rest-keyword"``.
        required: Whether there is no default.
        default: What it is when it is not given, if that can be sent.
        default_text: That as Python writes it, if it cannot be sent; else empty.
    """

    name: str
    kind: str
    type: str
    required: bool
    default: Any = None
    default_text: str = ""


@dataclass(frozen=True)
class MethodDescription:
    """A method that others may call.

    Attributes:
        returns: The type of what it gives.
        idempotent: Whether to call it twice does no more than to call it once.
    """

    name: str
    documentation: str
    parameters: tuple[ParameterDescription, ...]
    returns: str
    idempotent: bool = False


@dataclass(frozen=True)
class TypeDescription:
    """A type with named fields, which is sent as a dict: a dataclass or a typed dict."""

    name: str
    documentation: str
    fields: tuple[ParameterDescription, ...]


@dataclass(frozen=True)
class _Plain:
    name: str
    documentation: str
    methods: list[MethodDescription]
    types: list[TypeDescription]


class Description:
    """What a service offers.

    Attributes:
        name: What callers call it.
        documentation: The docstring of its class.
        methods: By their names.
        types: Those with fields that its methods mention, by their names.
        digest: 16 bytes that are equal where descriptions are equal.

    Args:
        plain: What the service answers to ``$describe``; keys that a later version added are kept.

    Raises:
        ValueError: That is no description.
    """

    __slots__ = ("_plain", "digest", "documentation", "methods", "name", "types")

    def __init__(self, plain: Mapping[str, Any]) -> None:
        try:
            _check_size(plain)
            read = convert(plain, _Plain)
            self.digest = digest_of(canonical(plain))
        except (ValidationError, UnsuitableValue) as error:
            raise ValueError(f"this is no description of a service: {error}") from None
        self._plain = plain
        self.name = read.name
        self.documentation = read.documentation
        self.methods = {method.name: method for method in read.methods}
        self.types = {each.name: each for each in read.types}

    def as_dict(self) -> dict[str, Any]:
        """Return the description as plain data, a copy."""
        return deepcopy(dict(self._plain))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Description) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        methods = ", ".join(repr(name)[1:-1] for name in self.methods)
        return f"<description of {self.name!r}: {methods or 'no methods'}>"


def description_from(answer: Any) -> Description:
    """Return the description that a service answered with.

    Raises:
        UnsuitableValue: 44, the answer is none.
    """
    try:
        return Description(answer)
    except ValueError as error:
        number = UnsuitableValue.CANNOT_DECODE_REPLY
        unsuitable = UnsuitableValue(str(error), number=number, delivered=True)
        unsuitable.received = True
        raise unsuitable from None


def _check_size(plain: Any) -> None:
    """Raise `ValueError` for what is too large to be one, before anything costly is done with it."""
    size = len(encode_value(plain, UnsuitableValue.CANNOT_ENCODE_REPLY, "description"))
    if size > LARGEST_DESCRIPTION:
        raise ValueError(f"this is no description of a service: it has {size} bytes, of {LARGEST_DESCRIPTION} at most")


def canonical(plain: Any) -> bytes:
    """Return plain data as bytes, in which the order of keys and of the items of sets does not show.

    Raises:
        UnsuitableValue: It cannot be sent.
    """
    return encode_value(_ordered(plain), UnsuitableValue.CANNOT_ENCODE_REPLY, "description")


def digest_of(canonical_bytes: bytes) -> bytes:
    """Return what is announced of a description."""
    return sha256(canonical_bytes).digest()[:DIGEST_SIZE]


def _ordered(value: Any) -> Any:
    """Return what is equal for equal values, in one order; a set is told from a list by its mark."""
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=_rank)}
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    if isinstance(value, tuple):
        return tuple([_ordered(item) for item in value])
    if isinstance(value, set | frozenset):
        return (type(value).__name__, sorted(map(canonical, value)))
    return value


def _rank(key: Any) -> bytes:
    return key.encode() if type(key) is str else canonical(key)
