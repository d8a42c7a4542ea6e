"""``exchange policy check``: the rules of a configuration, and what is probably not meant."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from exchange.app.cli.status import Status
from exchange.errors import ConfigurationError

EPILOG = """\
What is wrong ends it with status 2 and one line. Otherwise the rules are shown with
their places, and warnings of what is probably not meant.

example:
  exchange policy check site.toml
"""


def run(words: Sequence[str]) -> Status:
    """Check the policy that ``words`` name, and return the exit status."""
    options = parser().parse_args(list(words))
    try:
        _check(options.file)
    except ConfigurationError as error:
        print(f"exchange policy: {error}", file=sys.stderr)
        return Status.USAGE
    return Status.FINE


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = argparse.ArgumentParser(
        prog="exchange policy",
        description="Look at the policy of a hub.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = made.add_subparsers(dest="verb", metavar="VERB", required=True)
    check = verbs.add_parser("check", help="read the policy of a configuration file, and tell what is wrong")
    check.add_argument("file", metavar="FILE", help="a configuration file, such as site.toml")
    return made


def _check(file: str) -> None:
    from exchange.app.config import read_site
    from exchange.app.policy import rules_of
    from exchange.app.policy_check import table_of, warnings_about

    site = read_site(file)
    rules = rules_of(site.policy)
    warnings = warnings_about(rules, site)
    print(f"{file}: {len(rules)} {'rule' if len(rules) == 1 else 'rules'}")
    for line in table_of(rules):
        print(line)
    for warning in warnings:
        print(f"warning: {warning}")
