"""``exchange publish``: reports of a service that is there for as long as this takes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_output_options, add_timeout, count, parser_of, seconds
from exchange.app.cli.status import Status

EXAMPLES = """\
examples:
  exchange publish feed nyse.ibm 101.5
  exchange publish feed nyse.ibm '{"price": 101.5}' --lifetime 60
  exchange publish feed heart beat --count 10 --interval 1
  tail -f prices | exchange publish feed nyse.ibm -

A service of this name is offered, publishes, and is withdrawn at the end. A report that
nobody keeps reaches only those who subscribe already, so it is published when one is there,
or after --wait. One with a lifetime is kept by this process, which so stays until the
lifetime is over, or as --for says. VALUE is JSON where it is JSON, else text; - is each line of standard
input, until it ends.
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = parser_of("publish", "Publish a report, as a service that is there for as long as this takes.", EXAMPLES)
    made.add_argument("service", metavar="SERVICE", help="the name of the service, such as feed")
    made.add_argument("subject", metavar="SUBJECT", help="what the report is about, such as nyse.ibm")
    made.add_argument("value", metavar="VALUE", help="what it says")
    made.add_argument(
        "-l",
        "--lifetime",
        metavar="SECONDS",
        type=lifetime,
        default=0.0,
        help="how long it is kept; 0, or for-ever (0)",
    )
    made.add_argument("-n", "--count", metavar="N", type=count, default=1, help="how often to publish it (1)")
    made.add_argument("-i", "--interval", metavar="SECONDS", type=seconds, default=1.0, help="how long between two (1)")
    made.add_argument(
        "--for", metavar="SECONDS", dest="seconds", type=seconds, help="how long to stay afterwards (the lifetime)"
    )
    made.add_argument(
        "--wait",
        metavar="SECONDS",
        type=seconds,
        default=1.0,
        help="how long to wait for hub and a first subscriber (1)",
    )
    made.add_argument("-q", "--quiet", action="store_true", help="print nothing")
    add_timeout(made, what="to wait for an answer of the hub")
    add_output_options(made)
    add_link_options(made)
    return made


def lifetime(text: str) -> float:
    """Return a number of seconds; ``for-ever`` is below 0, as services know it."""
    if text == "for-ever":
        return -1.0
    return seconds(text)


def run(words: Sequence[str]) -> Status:
    """Publish, and return the exit status."""
    options = parser().parse_args(list(words))
    from exchange.app.cli.publishing import publish

    return publish(options)
