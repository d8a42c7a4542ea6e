"""Patterns: globs over subjects. ``*`` is any run of characters, ``?`` is any one.

Patterns come from strangers, so no pattern may be expensive. The parts between the stars
are looked for one after another, each where it comes first: nothing can be gained by
looking further. Where a part has a ``?``, all places at which the pattern may have
arrived are kept as the bits of one number, and move on together with each character.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate


def compiled(pattern: str) -> Callable[[str], bool]:
    """Return what `matches` says for ``pattern``, quicker for many subjects.

    The regular expression never goes back behind a ``*`` that has matched, so that its
    time grows with the product of both lengths at most, whatever the pattern is.
    """
    fits = re.compile(translate(pattern.replace("[", "[[]"))).match
    return lambda subject: fits(subject) is not None


def matches(pattern: str, subject: str) -> bool:
    """Whether the whole of ``subject`` fits ``pattern``; case counts, and dots mean nothing."""
    if len(pattern) - pattern.count("*") > len(subject):
        return False
    if "?" in pattern:
        return _matches_by_places(pattern, subject)
    first, *others = pattern.split("*")
    if not others:
        return pattern == subject
    *parts, last = others
    at, end = len(first), len(subject) - len(last)
    if at > end or not subject.startswith(first) or not subject.endswith(last):
        return False
    for part in parts:
        at = subject.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


def _matches_by_places(pattern: str, subject: str) -> bool:
    taking: dict[str, int] = {}  # the places at which a character is what comes next
    anything = staying = 0  # those at which any is; those at which a star takes what comes
    place = 1
    for wanted in pattern:
        if wanted == "*":
            staying |= place
            continue
        if wanted == "?":
            anything |= place
        else:
            taking[wanted] = taking.get(wanted, 0) | place
        place <<= 1
    places = 1
    for character in subject:
        places = (places & (taking.get(character, 0) | anything)) << 1 | places & staying
    return bool(places & place)
