"""``exchange call``: one call, its result on standard output."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_output_options, add_timeout, parser_of, seconds, target
from exchange.app.cli.status import Status
from exchange.app.cli.values import argument, arguments_in, named_argument

EXAMPLES = """\
examples:
  exchange call math.multiply 6 7
  exchange call history.readings '{"subject": "press"}' -k newest=true
  exchange call math.multiply --args '{"args": [6], "kwargs": {"y": 7}}'
  exchange call history.store --args @readings.json
  exchange call --all cache.clear
  exchange call --instance h7Qkz2aV.3 math.multiply 6 7 --timing
  exchange call --hub hosta:11111 --wait 10 math.multiply 6 7

Arguments are JSON where they are JSON, else text: 6 is a number, '"6"' a text. Those
that begin with a minus and are no plain number go after --. A text is printed as it
is, all else as JSON; dates, decimals and the like as their usual text, bytes in base64.

exit status:
  0 fine                      4 no answer in time
  1 the call failed           5 no hub answers
  2 wrong use of the command  6 not permitted
  3 no such service, method   7 unknown whether the call was carried out
"""


def run(words: Sequence[str]) -> Status:
    """Make the call that ``words`` ask for, and return the exit status."""
    made = parser()
    options = made.parse_intermixed_args(list(words))
    names = [name for name, _ in options.named]
    for name in names:
        if names.count(name) > 1:
            made.error(f"-k {name} was given {names.count(name)} times")
    if options.given is not None:
        try:
            _take(options)
        except ValueError as error:
            made.error(f"argument --args: {error}")
    from exchange.app.cli.calling import call_and_print

    return call_and_print(options)


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = parser_of("call", "Call a method of a service, wherever it runs, and print its result.", EXAMPLES)
    made.add_argument("target", metavar="SERVICE.METHOD", type=target, help="such as math.multiply")
    made.add_argument(
        "arguments", metavar="ARGUMENT", type=argument, nargs="*", default=[], help="an argument of the method"
    )
    made.add_argument(
        "-k", metavar="NAME=VALUE", dest="named", type=_named, action="append", default=[], help="a keyword argument"
    )
    made.add_argument(
        "--args",
        metavar="JSON",
        dest="given",
        help="all arguments: a list, or an object with args and kwargs; @FILE reads it from a file, - from standard "
        "input",
    )
    whom = made.add_mutually_exclusive_group()
    whom.add_argument("--all", action="store_true", help="call every instance, and print a row for each")
    whom.add_argument(
        "--instance", metavar="ID", help="call this instance: its id as exchange services shows it, or how that begins"
    )
    made.add_argument("--timing", action="store_true", help="tell how long it took, and which instance answered")
    add_timeout(made)
    made.add_argument(
        "--wait",
        metavar="SECONDS",
        type=seconds,
        default=0.0,
        help="how long to wait for hub and service to appear (0)",
    )
    add_output_options(made)
    add_link_options(made)
    return made


def _named(text: str) -> tuple[str, object]:
    try:
        return named_argument(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _take(options: argparse.Namespace) -> None:
    """Take the arguments that ``--args`` says; raises `ValueError` if it cannot be read, or says none."""
    if options.arguments:
        raise ValueError("arguments are given by it, or as words, and not by both")
    args, kwargs = arguments_in(_text_at(options.given))
    for name, _ in options.named:
        if name in kwargs:
            raise ValueError(f"{name} is given by -k, too")
    options.arguments = args
    options.named = [*kwargs.items(), *options.named]


def _text_at(text: str) -> str:
    if text == "-":
        return sys.stdin.read()
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{text[1:]}: cannot be read: {error.strerror}") from None
