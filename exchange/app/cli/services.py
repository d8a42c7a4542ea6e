"""``exchange services``: which services there are, and their instances."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_follow_options, add_output_options, add_timeout, parser_of
from exchange.app.cli.status import Status

if TYPE_CHECKING:
    from exchange.app.cli.working import Work
    from exchange.services.presence import Presence

EXAMPLES = """\
examples:
  exchange services
  exchange services 'plant.*' --in web-services
  exchange services --watch
  exchange services -o json

A line for each instance. Notes: drift, another instance of this name offers something
else (exchange describe NAME); suspected, it has owed a sign of life for long; through,
the exchange groups that it has come through by bridges.
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = parser_of("services", "Tell which services there are, and their instances.", EXAMPLES)
    made.add_argument("pattern", metavar="PATTERN", nargs="?", help="only names that fit, such as math or 'plant.*'")
    made.add_argument(
        "-s", "--in", "--service-group", dest="service_group", metavar="GROUP", help="only those in this service group"
    )
    made.add_argument("-w", "--watch", action="store_true", help="go on, and print each change")
    add_follow_options(made)
    add_timeout(made)
    add_output_options(made)
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> Status:
    """Print the services, and return the exit status."""
    options = parser().parse_args(list(words))
    from exchange.app.cli.working import do

    return do("services", options, _watch if options.watch else _services)


async def _watch(work: Work) -> None:
    from exchange.app.cli.following import follow_services

    await follow_services(work, work.options.pattern, work.options.service_group)


async def _services(work: Work) -> None:
    from exchange.app.cli.following import DRIFT, SERVICE_FIELDS, instance_row
    from exchange.errors import ServiceUnavailable
    from exchange.wire.identities import readable

    pattern = work.options.pattern
    found = await work.presences(pattern=pattern, group=work.options.service_group)
    if not found and pattern and not is_glob(pattern):
        raise ServiceUnavailable(f"no service named '{pattern}' is known at {work.hub}", delivered=False)
    drifting = drifting_among(found)
    rows = [
        instance_row(each, [DRIFT] if each.name in drifting else [])
        for each in sorted(found, key=lambda each: (each.name, readable(each.id)))
    ]
    work.output.rows(SERVICE_FIELDS, rows, none="no services")


def drifting_among(instances: Iterable[Presence]) -> set[str]:
    """Return the names of which instances offer different things."""
    digests: dict[str, set[bytes]] = {}
    for each in instances:
        digests.setdefault(each.name, set()).add(each.digest)
    return {name for name, different in digests.items() if len(different) > 1}


def is_glob(pattern: str) -> bool:
    """Return whether a pattern may fit several names."""
    return "*" in pattern or "?" in pattern
