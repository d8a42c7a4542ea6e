"""Subjects of reports, and the patterns over them: ``?`` is any one character, ``*`` any run of them."""

from __future__ import annotations

from fnmatch import fnmatchcase


def fits(pattern: str, subject: str) -> bool:
    """Tell whether a subject fits a pattern; nothing but ``?`` and ``*`` has a meaning in it."""
    return fnmatchcase(subject, pattern.replace("[", "[[]"))
