"""How deep a value is, and what a body holds and claims to hold, before anything of it is built.

A body of a few bytes can claim arrays of millions, one in another, each of which a
decoder would make room for. Every item takes a byte at least, so all claims
together cannot exceed the size of the body: that is checked first, from the bytes.
Runs of numbers, short texts and small containers, which are most of what bodies
hold, are passed over by one regular expression; its quantifiers are possessive,
because what it may have to go back to costs a hundred bytes for each item.

An empty container takes a byte there and a hundred here, and an extension is a body
of its own, copied out of the one round it. So what is costly to build is counted too,
where there are enough bytes for too much of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from exchange.wire.extensions import FROM_PARTS
from exchange.wire.hashing import MOST_ALIKE, check_hashes
from exchange.wire.limits import DEEPEST, KIB, MIB

HARMLESS = 64 * KIB
"""Bodies up to this size cannot claim enough to hurt."""

MOST_COUNTED = 1 << 20
"""Arrays, maps, extensions, bytes and texts of 32 bytes or more that a body may hold in all.

Extensions count twice, but those of 1, 2, 4, 8 or 16 bytes.
"""

MOST_COPIES = 8
ROOM = 16 * MIB
"""Extensions that stand one in another may together be so many times as long as the body, or as this."""

MANY = 1 << 16

FEW_ITEMS = 3
"""Arguments, keyword arguments and context; and more levels than these are."""

_CONTAINERS = frozenset({list, dict, tuple, set, frozenset})
_KEYED = frozenset({dict, set, frozenset})

_SCALARS = b"|".join(
    [
        rb"[\x00-\x7f\xc0\xc2\xc3\xe0-\xff]++",
        rb"[\xcc\xd0].",
        rb"[\xcd\xd1].{2}",
        rb"[\xca\xce\xd2].{4}",
        rb"[\xcb\xcf\xd3].{8}",
        *(b"\\x%02x.{%d}" % (0xA0 + length, length) for length in range(32)),
    ]
)
_SMALL = b"|".join([rb"[\x80-\x9f]", *(b"\\x%02x.{%d}" % (0xD4 + power, 1 + 2**power) for power in range(5))])
"""Containers of a few items, and extensions of a few bytes."""

_PLAIN = re.compile(b"(?:[\\x80-\\x9f]++|%s|%s)++" % (_SCALARS, _SMALL), re.DOTALL)
_BLOCKS = [(re.compile(b"(?:(?:%s)*+(?:%s)){%d}+" % (_SCALARS, _SMALL, many), re.DOTALL), many) for many in (1024, 1)]
"""So many small ones, and what stands before each."""

_OTHERS = {0xDC: (2, 1, 0), 0xDD: (4, 1, 0), 0xDE: (2, 2, 0), 0xDF: (4, 2, 0)}
_OTHERS |= {0xC4: (1, 0, 0), 0xC5: (2, 0, 0), 0xC6: (4, 0, 0), 0xC7: (1, 0, 1), 0xC8: (2, 0, 1), 0xC9: (4, 0, 1)}
_OTHERS |= {0xD9: (1, 0, 0), 0xDA: (2, 0, 0), 0xDB: (4, 0, 0)}
"""First byte of what is not plain: width of its length or count; items for each; bytes besides those it counts."""

_NOTHING = (0, 0, 0)
_ITEMS_OF_A_MAP = 2


class TooDeep(ValueError):
    """Containers stand too deep in one another, or claim more than there is."""


def check_claims(body: bytes | memoryview) -> bool:
    """Make sure that a body neither holds nor claims to hold more than it may.

    Returns:
        Whether there may be a map of many keys in it, or in its extensions.

    Raises:
        TooDeep: It does, or it ends early.
    """
    if len(body) <= HARMLESS:
        return True
    uncounted, has_large_map = _walk(body, lambda body, at, end: 0)
    if uncounted > MOST_COUNTED:
        _walk(body, _count)
    return has_large_map


def _walk(body: bytes | memoryview, count: Callable[[bytes | memoryview, int, int], int]) -> tuple[int, bool]:
    """Walk through a body, into extensions too; return how many bytes are plain, and whether a map is large."""
    at, left, counted, plain_bytes, has_large_map = 0, len(body), 0, 0, False
    inside = _Inside(MOST_COPIES * max(len(body), ROOM))
    while at < len(body):
        plain = _PLAIN.match(body, at)
        if plain:
            counted += count(body, at, plain.end())
            plain_bytes += plain.end() - at
            at = plain.end()
        else:
            width, items, more = _OTHERS.get(body[at], _NOTHING)
            start = at + 1 + width + more
            number = _number(body, at, width)
            left -= items * number
            at = start if items else start + number
            counted += 1 + more  # an extension takes a call of a function
            has_large_map |= items == _ITEMS_OF_A_MAP
            if more and at <= len(body) and body[start - 1] in FROM_PARTS:
                inside.enter(start, at)
                at = start
        if left < 0 or at > len(body):
            raise TooDeep("a body claims to hold more than it does")
        if counted > MOST_COUNTED:
            raise TooDeep(f"a body holds more than {MOST_COUNTED} arrays, maps, extensions, bytes and long texts")
    return plain_bytes + counted, has_large_map


def _count(body: bytes | memoryview, at: int, end: int) -> int:
    """Return how many small containers and extensions a plain run holds, or more than too many."""
    counted = 0
    for pattern, many in _BLOCKS:
        found = pattern.match(body, at, end)
        while found and counted <= MOST_COUNTED:
            at, counted = found.end(), counted + many
            found = pattern.match(body, at, end)
    return counted


class _Inside:
    """The extensions in which a walk is, each copied out of the one round it when it is decoded."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._parts: list[tuple[int, int]] = []

    def enter(self, start: int, end: int) -> None:
        """Go into one; those that ended before it are left."""
        while self._parts and self._parts[-1][1] <= start:
            before, after = self._parts.pop()
            self._room += after - before
        self._parts.append((start, end))
        self._room -= end - start
        if self._room < 0:
            raise TooDeep("the extensions that stand one in another hold too much together")


def check_depth(value: Any, deepest: int = DEEPEST) -> None:
    """Make sure that no more than ``deepest`` containers stand one in another.

    Raises:
        TooDeep: They do; a container that holds itself is an example.
    """
    if deepest < FEW_ITEMS or not _is_shallow(value):
        for _ in _levels(value, deepest):
            pass


def check_sendable(body: bytes, value: Any, deepest: int = DEEPEST) -> None:
    """Make sure that nobody refuses ``body``, which was made of ``value``.

    Raises:
        TooDeep: It holds too much, or containers stand too deep in one another.
        ValueError: Too many keys or items are alike to a hash table.
    """
    is_shallow = deepest >= FEW_ITEMS and _is_shallow(value)
    for level in () if is_shallow else _levels(value, deepest):
        for container in level:
            if len(container) > MOST_ALIKE and type(container) in _KEYED:
                check_hashes(container)
    if len(body) > MOST_COUNTED:
        check_claims(body)


def _is_shallow(value: Any) -> bool:
    """Whether a value, or each of its few items, holds no containers, and few keys: most do, as the arguments of calls.

    Then there is nothing to be checked about its depth, and this is found out in a fraction of the time.
    """
    if type(value) is not list or len(value) > FEW_ITEMS:
        return type(value) not in _CONTAINERS or _is_plain(value)
    for item in value:  # noqa: SIM110 - a generator costs more
        if item and type(item) in _CONTAINERS and not _is_plain(item):
            return False
    return True


def _is_plain(container: Any) -> bool:
    holds_none = len(container) <= MOST_ALIKE and _CONTAINERS.isdisjoint(map(type, container))
    return holds_none and (type(container) is not dict or _CONTAINERS.isdisjoint(map(type, container.values())))


def _levels(value: Any, deepest: int) -> Iterator[list[Any]]:
    """Go through the containers of a value, those of one depth together.

    What holds itself twice is met twice as often at each depth: of many, each is kept once.
    """
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(deepest):
        if not level:
            return
        yield level
        level = [
            item
            for container in level
            for item in (container if type(container) is not dict else [*container, *container.values()])
            if type(item) in _CONTAINERS
        ]
        if len(level) > MANY:
            level = list({id(item): item for item in level}.values())
    if level:
        raise TooDeep(f"more than {DEEPEST} containers stand one in another")


def _number(body: bytes | memoryview, at: int, width: int) -> int:
    return int.from_bytes(body[at + 1 : at + 1 + width], "big")
