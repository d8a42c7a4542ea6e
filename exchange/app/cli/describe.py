"""``exchange describe``: what a service offers, and whether its instances agree."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_output_options, add_timeout, parser_of
from exchange.app.cli.status import Status

EXAMPLES = """\
examples:
  exchange describe math
  exchange describe math.multiply
  exchange describe math -o json
  exchange describe math --instance h7Qkz2aV.3

If instances of a service offer different things, each of these is shown, with the
instances that offer it. For programs json is all of it; jsonl and csv have a row for each method.
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = parser_of("describe", "Tell what a service offers: signatures, types, documentation.", EXAMPLES)
    made.add_argument("thing", metavar="SERVICE[.METHOD]", help="such as math, or math.multiply")
    made.add_argument(
        "--instance", metavar="ID", help="only this instance: its id as exchange services shows it, or how that begins"
    )
    add_timeout(made)
    add_output_options(made)
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> Status:
    """Describe, and return the exit status."""
    options = parser().parse_args(list(words))
    from exchange.app.cli.describing import describe

    return describe(options)
