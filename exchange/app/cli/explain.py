"""``exchange explain``: why something is let through, or what stops it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_output_options, add_timeout, parser_of
from exchange.app.cli.status import Status

DEEDS = ("offer", "join", "call", "subscribe", "watch", "administer")

EXAMPLES = """\
The hub is asked; it tells whoever may administer the name. With --config only the rules
of the file are looked at, and nothing need run.

examples:
  exchange explain call math.multiply --as bob
  exchange explain join web-services --as press --credentials admin.secret
  exchange explain call math.multiply --as bob --config site.toml
  exchange explain call math.multiply --as bob -o json

exit status:
  0 it is let through         3 it would be, but nobody is there
  2 wrong use of the command  5 no hub answers
  6 it is not let through, or the hub does not tell us
"""


def run(words: Sequence[str]) -> Status:
    """Explain what ``words`` ask about, and return the exit status."""
    options = parser().parse_args(list(words))
    from exchange.app.cli.explaining import explain_and_print

    return explain_and_print(options)


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = parser_of(
        "explain", "Tell which rule, link, group or audience lets something through, or stops it.", EXAMPLES
    )
    made.add_argument("deed", metavar="WHAT", choices=DEEDS, help=", ".join(DEEDS))
    made.add_argument("thing", metavar="NAME", help="SERVICE.METHOD to call, a group to join, else a service")
    made.add_argument("--as", dest="principal", metavar="PRINCIPAL", help="who would do it (whoever asks)")
    made.add_argument("-c", "--config", metavar="FILE", help="ask no hub, but this configuration file")
    add_timeout(made)
    add_output_options(made)
    add_link_options(made)
    return made
