"""``exchange watch``: services, reports or links, as they come and go."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_follow_options, add_output_options, add_timeout, parser_of, patience
from exchange.app.cli.status import Status

if TYPE_CHECKING:
    from exchange.app.cli.working import Work

EXAMPLES = """\
examples:
  exchange watch services
  exchange watch services 'plant.*' --in web-services -o jsonl
  exchange watch reports feed 'nyse.*'
  exchange watch links --interval 0.5
  exchange watch reports feed --count 1 --for 10

It begins with what is there, and goes on until Ctrl-C, or as --for and --count say; when
the hub is lost it waits until it or another is back.
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = parser_of("watch", "Print services, reports or links as they come and go.", EXAMPLES)
    kinds = made.add_subparsers(dest="kind", metavar="services|reports|links", required=True)
    services = kinds.add_parser("services", help="instances that come, change and go")
    services.add_argument("pattern", metavar="PATTERN", nargs="?", help="only names that fit, such as 'plant.*'")
    services.add_argument(
        "-s", "--in", "--service-group", dest="service_group", metavar="GROUP", help="only those in this service group"
    )
    reports = kinds.add_parser("reports", help="reports of a service")
    reports.add_argument("service", metavar="SERVICE", help="whose reports")
    reports.add_argument("pattern", metavar="SUBJECTS", nargs="?", default="*", help="only subjects that fit (*)")
    links = kinds.add_parser("links", help="links at the hub that are opened and closed")
    links.add_argument(
        "-i", "--interval", metavar="SECONDS", type=patience, default=1.0, help="how often the hub is asked (1)"
    )
    for each in (services, reports, links):
        add_follow_options(each)
        add_timeout(each)
        add_output_options(each)
        add_link_options(each)
    return made


def run(words: Sequence[str]) -> Status:
    """Watch until it is enough, and return the exit status."""
    options = parser().parse_args(list(words))
    from exchange.app.cli.working import do

    return do("watch", options, _watch)


async def _watch(work: Work) -> None:
    from exchange.app.cli.following import follow_links, follow_reports, follow_services

    options = work.options
    if options.kind == "services":
        await follow_services(work, options.pattern, options.service_group)
    elif options.kind == "reports":
        await follow_reports(work, options.service, options.pattern)
    else:
        await follow_links(work)
