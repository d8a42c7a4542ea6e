"""What the parsers of all verbs have in common: their layout, and the kinds of words that they take."""

from __future__ import annotations

import argparse


def parser_of(verb: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """Return a parser for a verb, without its options.

    Args:
        verb: The word, or words: ``"policy check"``.
        epilog: What stands below the options: examples, always.
    """
    return argparse.ArgumentParser(
        prog=f"exchange {verb}",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def add_timeout(parser: argparse.ArgumentParser, usual: float = 30.0, what: str = "to wait for an answer") -> None:
    """Give ``parser`` the option ``--timeout``."""
    parser.add_argument(
        "-t", "--timeout", metavar="SECONDS", type=patience, default=usual, help=f"how long {what} ({usual:g})"
    )


def add_follow_options(parser: argparse.ArgumentParser) -> None:
    """Give ``parser`` the options that end what else goes on until Ctrl-C."""
    parser.add_argument(
        "--for", metavar="SECONDS", dest="seconds", type=seconds, help="how long to go on (until Ctrl-C)"
    )
    parser.add_argument("-n", "--count", metavar="N", type=count, help="end after so many lines")


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """Give ``parser`` the options that choose in which form things are printed; see `exchange.app.cli.output`."""
    parser.add_argument(
        "-o",
        "--output",
        choices=("text", "json", "jsonl", "csv"),
        default="text",
        help="for people, or for programs: json, jsonl (one line each) or csv (text)",
    )
    parser.add_argument(
        "-j", "--json", dest="output", action="store_const", const="json", help="the same as --output json"
    )


def patience(text: str) -> float:
    """Return a number of seconds above 0."""
    number = _number(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number of seconds above 0, got {text!r}")
    return number


def seconds(text: str) -> float:
    """Return a number of seconds, 0 or more."""
    number = _number(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number of seconds, 0 or more, got {text!r}")
    return number


def count(text: str) -> int:
    """Return a whole number above 0."""
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, got {text!r}")
    return int(text)


def target(text: str) -> tuple[str, str]:
    """Return service and method of ``math.multiply``; the last dot parts them."""
    service, dot, method = text.rpartition(".")
    if not (service and dot and method):
        raise argparse.ArgumentTypeError(f"expected SERVICE.METHOD, such as math.multiply, got {text!r}")
    return service, method


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0
