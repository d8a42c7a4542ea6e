"""How deep a value is, and what a body claims to hold before anything of it is built.

A body of a few bytes can claim arrays of millions, one in another, each of which a
decoder would make room for. Every item takes a byte at least, so all claims
together cannot exceed the size of the body: that is checked first, from the bytes.
Runs of numbers, short texts and small containers, which are most of what bodies
hold, are passed over by one regular expression; its quantifiers are possessive,
because what it may have to go back to costs a hundred bytes for each item.
"""

from __future__ import annotations

import re
from typing import Any

from exchange.wire.limits import DEEPEST, KIB

HARMLESS = 64 * KIB
"""Bodies up to this size cannot claim enough to hurt."""

_CONTAINERS = frozenset({list, dict, tuple, set, frozenset})

_PLAIN = re.compile(
    b"(?:"
    + b"|".join(
        [
            rb"[\x00-\x9f\xc0\xc2\xc3\xe0-\xff]++",
            rb"[\xcc\xd0].",
            rb"[\xcd\xd1].{2}",
            rb"[\xca\xce\xd2].{4}",
            rb"[\xcb\xcf\xd3].{8}",
            *(b"\\x%02x.{%d}" % (0xA0 + length, length) for length in range(32)),
            *(b"\\x%02x.{%d}" % (0xD4 + power, 1 + 2**power) for power in range(5)),
        ]
    )
    + b")++",
    re.DOTALL,
)

_BLOBS = {0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1)}
_BLOBS |= {0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0)}
"""First byte of texts, bytes and extensions: width of the length; bytes besides those it counts."""

_CLAIMS = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}
"""First byte of arrays and maps: width of the count; items for each."""


class TooDeep(ValueError):
    """Containers stand too deep in one another, or claim more than there is."""


def check_claims(body: bytes | memoryview) -> None:
    """Make sure that the containers of a body do not claim more than it can hold.

    Raises:
        TooDeep: They do, or the body ends early.
    """
    if len(body) <= HARMLESS:
        return
    at, left = 0, len(body)
    while at < len(body):
        plain = _PLAIN.match(body, at)
        if plain:
            at = plain.end()
        elif body[at] in _CLAIMS:
            width, each = _CLAIMS[body[at]]
            left -= each * _number(body, at, width)
            at += 1 + width
        else:
            width, more = _BLOBS.get(body[at], (0, 0))
            at += 1 + width + more + (_number(body, at, width) if width else 0)
        if left < 0 or at > len(body):
            raise TooDeep("a body claims to hold more than it does")


def check_depth(value: Any, deepest: int = DEEPEST) -> None:
    """Make sure that no more than ``deepest`` containers stand one in another.

    Raises:
        TooDeep: They do; a container that holds itself is an example.
    """
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(deepest):
        if not level:
            return
        level = [
            item
            for container in level
            for item in (container if type(container) is not dict else [*container, *container.values()])
            if type(item) in _CONTAINERS
        ]
    if level:
        raise TooDeep(f"more than {DEEPEST} containers stand one in another")


def _number(body: bytes | memoryview, at: int, width: int) -> int:
    return int.from_bytes(body[at + 1 : at + 1 + width], "big")
