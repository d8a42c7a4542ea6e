"""Types of the user's own: how their values become text and are made again.

A type is known by a name, such as ``"plant:point"``. Those names that XML Schema
gives to what Python has anyway become that, so that any program can read them.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Any

from exchange.netsvc.failures import standard_failure
from exchange.netsvc.values import Date, DateTime, Duration, Opaque, Time

Encoder = Callable[[Any], tuple[str | None, Any]]
Decoder = Callable[[str, str], Any]

_encoders: dict[type, Encoder] = {}
_decoders: dict[str, Decoder] = {}

_INTEGERS = "byte short int long unsignedByte unsignedShort unsignedInt unsignedLong integer"
_PLAIN: dict[str, Callable[[str], Any]] = {
    **{f"xsd:{name}": int for name in _INTEGERS.split()},
    **{f"xsd:{name}": float for name in ("float", "double", "real")},
    "": lambda text: None,
    "xsd:string": str,
    "xsd:boolean": lambda text: {"true": True, "1": True, "false": False, "0": False}[text],
    "xsd:base64Binary": b64decode,
    "xsd:date": Date,
    "xsd:dateTime": DateTime,
    "xsd:time": Time,
    "xsd:duration": Duration,
    "python:complex": complex,
}


def encoder(pythonType: type, function: Encoder) -> None:
    """Let values of exactly ``pythonType`` be sent by all services of this process.

    Args:
        function: Takes a value; returns the name of a type and a text, or ``None`` and a value that is sent instead.
    """
    _encoders[pythonType] = function


def decoder(typeName: str, function: Decoder) -> None:
    """Have values of a type made by ``function``, which takes its name and a text; without, they are `Opaque`."""
    _decoders[typeName] = function


def encode_object(value: Any) -> tuple[str | None, Any]:
    """Return what an encoder makes of a value; raises `TypeError` if there is none."""
    if type(value) not in _encoders:
        raise TypeError(f"there is no encoder for '{type(value).__name__}'")
    return _encoders[type(value)](value)


def decode_value(name: str, text: str) -> Any:
    """Return what a decoder makes of a text; an `Opaque` if there is none."""
    return _decoders[name](name, text) if name in _decoders else Opaque(name, text)


class Coding:
    """How one service encodes what it sends, and decodes what it gets.

    Args:
        encode: Its own way, in place of `encode_object`.
        decode: Its own way, in place of `decode_value`.
    """

    def __init__(self, encode: Encoder | None = None, decode: Decoder | None = None) -> None:
        self._encode = encode
        self._decode = decode

    def encoded(self, value: Any, number: int) -> Any:
        """Return ``value`` as it can be sent; a `ServiceFailure` of a number is raised if it cannot."""
        return value if not _encoders and self._encode is None else _coded(value, self._to_send, number)

    def decoded(self, value: Any, number: int) -> Any:
        """Return ``value`` as the service wants it; raises as `encoded` does."""
        return value if not _decoders and self._decode is None else _coded(value, self._from_sent, number)

    def _to_send(self, value: Any) -> Any:
        if self._encode is None and type(value) not in _encoders:
            return value
        try:
            name, text = (self._encode or encode_object)(value)
        except TypeError:
            return value  # as any other value that nobody knows, it is refused where it is sent
        if name is None:
            return self._to_send(text) if type(text) is not type(value) else text
        return _PLAIN[name](text) if name in _PLAIN else Opaque(name, text)

    def _from_sent(self, value: Any) -> Any:
        return (self._decode or decode_value)(value.type, value.data) if isinstance(value, Opaque) else value


_NATIVE = (str, int, float, bool, bytes, type(None))


def _coded(value: Any, code: Callable[[Any], Any], number: int) -> Any:
    try:
        return _walk(value, code)
    except Exception as error:
        raise standard_failure(number, f"{type(error).__name__}: {error}") from error


def _walk(value: Any, code: Callable[[Any], Any]) -> Any:
    if type(value) in _NATIVE:
        return value
    if type(value) in (list, tuple):
        return type(value)(_walk(each, code) for each in value)
    if type(value) is dict:
        return {key: _walk(each, code) for key, each in value.items()}
    return code(value)
