"""The verbs of the command ``exchange``, from the parsers that read them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module

from exchange.app.cli.verbs import FAMILIES, Verb, shown_in
from from_code.tables import code, prose, table


def verbs(_: str) -> str:
    """Return every verb with its options, family by family."""
    parts = []
    for family in FAMILIES:
        shown = shown_in(family)
        if shown:
            parts.append(f"## exchange: {family}")
            parts += [_verb(verb) for verb in shown]
    return "\n\n".join(parts)


def parsers_of(verb: Verb) -> Iterator[argparse.ArgumentParser]:
    """Yield the parser of a verb, or those of the verbs that stand behind it, as ``policy check``."""
    yield from _leaves(import_module(f"exchange.app.cli.{verb.module}").parser())


def _leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    behind = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not behind:
        yield parser
    for action in behind:
        for each in dict.fromkeys(action.choices.values()):
            yield from _leaves(each)


def _verb(verb: Verb) -> str:
    return "\n\n".join((f"### exchange {verb.name}", verb.line, *map(_options, parsers_of(verb))))


def _options(parser: argparse.ArgumentParser) -> str:
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
    shown = [action for action in parser._actions if action.help != argparse.SUPPRESS and action.dest != "help"]
    rows = [(code(_words(action)), prose(_help(parser, action))) for action in shown]
    return f"{code(usage)}\n\n{table(('option', 'what it does'), rows)}"


def _words(action: argparse.Action) -> str:
    if not action.option_strings:
        return str(action.metavar or action.dest).upper()
    value = action.metavar or (action.dest.upper() if action.nargs != 0 else "")
    if action.choices and action.nargs != 0 and not action.metavar:
        value = "|".join(map(str, action.choices))
    names = ", ".join(action.option_strings)
    return f"{names} {value if isinstance(value, str) else ' '.join(value)}".rstrip()


def _help(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    text = action.help or ""
    return text % {**vars(action), "prog": parser.prog} if "%" in text else text
