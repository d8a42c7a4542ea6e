"""``exchange map``: who calls and subscribes to what, over all hubs of the mesh."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from exchange.app.cli import impact
from exchange.app.cli.columns import Field, harmless
from exchange.app.cli.impact import noticing
from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_output_options, add_timeout, parser_of, patience
from exchange.app.cli.status import Status

if TYPE_CHECKING:
    from exchange.app.cli.mapping import Map
    from exchange.app.cli.mesh import HubRow
    from exchange.app.cli.working import Work

FORMATS = ("text", "json", "dot")

FIELDS = (Field("service"), *(field for field in impact.FIELDS if field.key not in ("through", "depth")))

EXAMPLES = """\
Each hub has counted the calls of those who are linked with it, since it was started. Callers
are known by the services that they offer, the principal that they proved to be, or their id.

examples:
  exchange map
  exchange map --rates 5
  exchange map --format dot | dot -Tsvg > map.svg
  exchange map --format json
  exchange map -o csv
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the verb."""
    made = parser_of("map", "Show who calls and who subscribes to what, in the whole mesh.", EXAMPLES)
    made.add_argument("-f", "--format", choices=FORMATS, help="for people, for programs, or for Graphviz (as --output)")
    made.add_argument(
        "-r", "--rates", metavar="SECONDS", type=patience, help="look twice, so long apart, and tell calls a second"
    )
    add_timeout(made)
    add_output_options(made)
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> Status:
    """Show the map that ``words`` ask for, and return the exit status."""
    options = parser().parse_args(list(words))
    if options.format is not None:
        options.output = "json" if options.format == "json" else "text"
    from exchange.app.cli.working import do

    return do("map", options, show)


async def show(work: Work) -> None:
    """Print the map."""
    from exchange.app.cli import map_dot, map_text
    from exchange.app.cli.mapping import as_plain

    found, output, now = await surveyed(work, work.options.rates), work.output, time.time()
    if output.form == "json":
        output.value(as_plain(found))
    elif output.is_for_people:
        is_dot = work.options.format == "dot"
        for line in map_dot.lines_of(found) if is_dot else map_text.lines_of(found, now):
            output.say(harmless(line))
    else:
        output.rows(FIELDS, rows_of_map(found, now))


def rows_of_map(found: Map, now: float) -> Iterator[dict[str, Any]]:
    """Yield a row for each who calls or hears a service."""
    for name in found.services():
        for _, row in noticing(found, name, now):
            yield row | {"service": name}


async def surveyed(work: Work, rates: float | None = None) -> Map:
    """Return the map, after asking all hubs.

    Args:
        rates: Seconds after which they are asked again how many calls there were meanwhile.
    """
    from twisted.internet.task import deferLater

    from exchange.app.cli.mapping import Map
    from exchange.app.cli.mesh import ask, ask_own, hubs_of, left_out, rows_of

    hubs, before = await hubs_of(work), Map()
    if rates is not None:
        before.add_usage(await ask(work, hubs, "usage"))
        began = work.reactor.seconds()
        await deferLater(work.reactor, rates)
    found = Map()
    found.add_hubs(await ask(work, hubs, "overview"))
    instances = await ask_own(work, "instances")
    found.add_instances(rows_of(instances), hubs[0])
    usage = await ask(work, hubs, "usage")
    found.add_usage(usage)
    found.add_subscriptions(subscriptions := await ask(work, hubs, "subscriptions"))
    if rates is not None:
        found.add_rates(before, work.reactor.seconds() - began)
    missed = left_out(instances) + sum(left_out(each.answer) for each in (*usage, *subscriptions))
    if missed:
        work.output.remark(f"{missed:,} rows more than hubs tell at once are not in it")
    _remark_on_silence(work, hubs, found)
    return found


def _remark_on_silence(work: Work, hubs: Sequence[HubRow], found: Map) -> None:
    for hub in hubs:
        if hub.title in found.silent:
            work.output.remark(f"hub {hub.title} did not tell: {found.silent[hub.title]}")
