"""What may stand at a place of a command line: verbs, options, names; for the shells, which ask at each TAB.

It is found by what help is made of: the table of verbs and the parser of each. What an
option or an argument takes is told by its choices, or by how it is named in the help: of
one that is called SERVICE the names of services may stand, which the hub is asked for.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from typing import NamedTuple

from exchange.app.cli.verbs import VERBS

NAMED = {
    "SERVICE": "services",
    "PATTERN": "services",
    "SERVICE[.METHOD]": "methods",
    "SERVICE.METHOD": "methods",
    "GROUP": "groups",
    "ID": "instances",
    "LINK": "links",
    "HUB": "hubs",
    "CONTEXT": "contexts",
}
"""What kind of names may stand for a word of the help."""

COMMON = (("--help", "say how it is used"), ("--version", "say which version this is"))


class Candidate(NamedTuple):
    """What may stand somewhere, and what it is for."""

    word: str
    about: str = ""


Names = Callable[[str, str, Sequence[str]], Iterable[Candidate]]
"""Takes a kind of names, how they begin, and the words before; returns what there is, or nothing."""


class Place(NamedTuple):
    """Where on a command line one is.

    Attributes:
        parser: Of the verb, or of what the verb does.
        option: The one whose value is wanted, if one is.
        passed: How many arguments stand before.
    """

    parser: argparse.ArgumentParser
    option: argparse.Action | None
    passed: int


def candidates(words: Sequence[str], begun: str, names: Names) -> list[Candidate]:
    """Return what may stand behind ``words``, those of the command, and begins with ``begun``."""
    if not words or words == ["help"]:
        found = [Candidate(name, verb.line) for name, verb in VERBS.items() if verb.family]
        if not words:
            found += [Candidate("help", "Say how a verb is used."), *(Candidate(*each) for each in COMMON)]
        return _beginning(found, begun)
    verb = VERBS.get(words[0])
    if verb is None or not verb.family:
        return []
    place = _place(import_module(f"exchange.app.cli.{verb.module}").parser(), words[1:])
    option, equals, value = begun.partition("=")
    if equals and option.startswith("--"):
        given = _option(place.parser, option)
        found = _values(given, value, words, names) if given else []
        return [Candidate(f"{option}={each.word}", each.about) for each in found]
    if place.option is not None:
        return _values(place.option, begun, words, names)
    if begun.startswith("-"):
        return _beginning(_options(place.parser), begun)
    argument = _argument(place)
    return _values(argument, begun, words, names) if argument else []


def _place(parser: argparse.ArgumentParser, words: Sequence[str]) -> Place:
    option: argparse.Action | None = None
    passed = 0
    for word in words:
        if option is not None:
            option = None
        elif word.startswith("-") and len(word) > 1:
            given = _option(parser, word)
            option = given if given is not None and given.nargs is None else None
        else:
            below = _below(parser, word) if passed == 0 else None
            parser, passed = (below, 0) if below else (parser, passed + 1)
    return Place(parser, option, passed)


def _option(parser: argparse.ArgumentParser, word: str) -> argparse.Action | None:
    return next((action for action in parser._actions if word in action.option_strings), None)


def _options(parser: argparse.ArgumentParser) -> Iterator[Candidate]:
    for action in parser._actions:
        for word in action.option_strings:
            if word.startswith("--") or len(action.option_strings) == 1:
                yield Candidate(word, _about(action.help))


def _below(parser: argparse.ArgumentParser, word: str) -> argparse.ArgumentParser | None:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found: argparse.ArgumentParser | None = action.choices.get(word)
            return found
    return None


def _argument(place: Place) -> argparse.Action | None:
    """Return the argument that stands at a place."""
    left = place.passed
    for action in place.parser._actions:
        if not action.option_strings:
            if left == 0 or action.nargs in ("*", "+"):
                return action
            left -= 1
    return None


def _values(action: argparse.Action, begun: str, words: Sequence[str], names: Names) -> list[Candidate]:
    if isinstance(action, argparse._SubParsersAction):
        return _beginning([Candidate(each.dest, _about(each.help)) for each in action._choices_actions], begun)
    if action.choices is not None:
        return _beginning([Candidate(str(each)) for each in action.choices], begun)
    kind = NAMED.get(action.metavar) if isinstance(action.metavar, str) else None
    return _beginning(names(kind, begun, words), begun) if kind else []


def _beginning(found: Iterable[Candidate], begun: str) -> list[Candidate]:
    return [each for each in found if each.word.startswith(begun)]


def _about(text: str | None) -> str:
    return " ".join((text or "").split()).replace("%%", "%")
