"""``exchange call``: one call, its result on standard output."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from exchange.app.cli.linking import add_link_options
from exchange.app.cli.status import Status
from exchange.app.cli.values import argument, named_argument

EXAMPLES = """\
examples:
  exchange call math.multiply 6 7
  exchange call history.readings '{"subject": "press"}' -k newest=true
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
    parser = _parser()
    options = parser.parse_intermixed_args(list(words))
    names = [name for name, _ in options.named]
    for name in names:
        if names.count(name) > 1:
            parser.error(f"-k {name} was given {names.count(name)} times")
    from exchange.app.cli.calling import call_and_print

    return call_and_print(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="exchange call",
        description="Call a method of a service, wherever it runs, and print its result.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("target", metavar="SERVICE.METHOD", type=_target, help="such as math.multiply")
    parser.add_argument(
        "arguments", metavar="ARGUMENT", type=argument, nargs="*", default=[], help="an argument of the method"
    )
    parser.add_argument(
        "-k", metavar="NAME=VALUE", dest="named", type=_named, action="append", default=[], help="a keyword argument"
    )
    parser.add_argument(
        "-t", "--timeout", metavar="SECONDS", type=_patience, default=30.0, help="how long to wait for the answer (30)"
    )
    parser.add_argument(
        "--wait",
        metavar="SECONDS",
        type=_seconds,
        default=0.0,
        help="how long to wait for hub and service to appear (0)",
    )
    parser.add_argument("-j", "--json", action="store_true", help="print a text as JSON too, with its quotes")
    add_link_options(parser)
    return parser


def _target(text: str) -> tuple[str, str]:
    service, dot, method = text.rpartition(".")
    if not (service and dot and method):
        raise argparse.ArgumentTypeError(f"expected SERVICE.METHOD, such as math.multiply, got {text!r}")
    return service, method


def _named(text: str) -> tuple[str, object]:
    try:
        return named_argument(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _patience(text: str) -> float:
    seconds = _number(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number of seconds above 0, got {text!r}")
    return seconds


def _seconds(text: str) -> float:
    seconds = _number(text)
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number of seconds, 0 or more, got {text!r}")
    return seconds


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0
