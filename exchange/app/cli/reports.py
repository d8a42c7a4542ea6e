"""``exchange reports``: what a service keeps of its reports, with the age of each."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exchange.app.cli.columns import Field
from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_follow_options, add_output_options, add_timeout, parser_of
from exchange.app.cli.status import Status
from exchange.app.cli.units import span

if TYPE_CHECKING:
    from exchange.app.cli.working import Work
    from exchange.services.presence import PresenceChange
    from exchange.services.report import Report

EXAMPLES = """\
examples:
  exchange reports feed
  exchange reports feed 'nyse.*' -o json
  exchange reports feed --follow

The last report of each subject, as long as its lifetime lasts. With --follow it goes on
with those that are published, as exchange watch reports does.
"""

FIELDS = (
    Field("subject"),
    Field("age", told=span, is_number=True),
    Field("remaining", "left", told=lambda left: "for ever" if left is None else span(left), is_number=True),
    Field("value"),
    Field("instance"),
    Field("number", for_people=False),
    Field("posted", for_people=False),
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = parser_of("reports", "Tell what a service keeps of its reports.", EXAMPLES)
    made.add_argument("service", metavar="SERVICE", help="whose reports")
    made.add_argument("pattern", metavar="SUBJECTS", nargs="?", default="*", help="only subjects that fit (*)")
    made.add_argument("-f", "--follow", action="store_true", help="go on with those that are published")
    add_follow_options(made)
    add_timeout(made)
    add_output_options(made)
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> Status:
    """Print the reports, and return the exit status."""
    options = parser().parse_args(list(words))
    from exchange.app.cli.working import do

    return do("reports", options, _follow if options.follow else _reports)


async def _follow(work: Work) -> None:
    from exchange.app.cli.following import follow_reports

    await follow_reports(work, work.options.service, work.options.pattern)


async def _reports(work: Work) -> None:
    from exchange.errors import ConfigurationError, ServiceUnavailable

    service = work.options.service
    rows: list[dict[str, Any]] = []
    publishers: list[PresenceChange] = []

    def seen(content: Any, report: Report) -> None:
        rows.append(_row(content, report))

    try:
        subscription = work.exchange.subscribe(service, work.options.pattern, seen, publishers=publishers.append)
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    await work.until(subscription.ready, f"service '{service}' did not show what it keeps")
    if not publishers:
        raise ServiceUnavailable(f"no service named '{service}' is known at {work.hub}", delivered=False)
    work.output.rows(FIELDS, sorted(rows, key=lambda row: (row["subject"], row["instance"])), none="no reports")


def _row(content: Any, report: Report) -> dict[str, Any]:
    from exchange.app.cli.values import as_json_has_it
    from exchange.wire.identities import readable

    return {
        "subject": report.subject,
        "age": round(max(0.0, time.time() - report.posted), 3),
        "remaining": report.remaining,
        "value": as_json_has_it(content),
        "instance": readable(report.instance),
        "number": report.number,
        "posted": report.posted,
    }
