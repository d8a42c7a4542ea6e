"""``exchange policy check``: the rules of a configuration, and what is probably not meant."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from exchange.app.cli.parsing import add_output_options
from exchange.app.cli.status import Status
from exchange.errors import ConfigurationError

EPILOG = """\
What is wrong ends it with status 2 and one line. Otherwise the rules are shown with
their places, and warnings of what is probably not meant.

examples:
  exchange policy check site.toml
  exchange policy check site.toml -o json
"""


def run(words: Sequence[str]) -> Status:
    """Check the policy that ``words`` name, and return the exit status."""
    options = parser().parse_args(list(words))
    try:
        _check(options.file, options.output)
    except ConfigurationError as error:
        from exchange.app.mistakes import refusal

        print(refusal("exchange policy", error), file=sys.stderr)
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
    add_output_options(check)
    return made


def _check(file: str, form: str) -> None:
    from exchange.app.cli.output import Output
    from exchange.app.config import read_site
    from exchange.app.policy import rules_of
    from exchange.app.policy_check import said_by, table_of, warnings_about

    site, output = read_site(file), Output(form)
    rules = rules_of(site.policy)
    warnings = warnings_about(rules, site)
    if form != "text":
        output.value([{**said_by(rule), "rule": place} for place, rule in enumerate(rules, 1)])
        for warning in warnings:
            print(f"warning: {warning}", file=sys.stderr)
        return
    output.say(f"{file}: {len(rules)} {'rule' if len(rules) == 1 else 'rules'}")
    for line in [*table_of(rules), *(f"warning: {warning}" for warning in warnings)]:
        output.say(line)
