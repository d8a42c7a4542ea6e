"""``exchange impact``: who would notice if a service, or one instance of it, went."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from exchange.app.cli.amounts import several
from exchange.app.cli.columns import Field
from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_output_options, add_timeout, parser_of
from exchange.app.cli.status import Status
from exchange.app.cli.units import grouped, milliseconds, span

if TYPE_CHECKING:
    from exchange.app.cli.mapping import Map, Party
    from exchange.app.cli.working import Work

EXAMPLES = """\
Those who have called it since the hubs were started are shown, and those who subscribe to its
reports now. With --deep also those who would notice because a service that they use calls it.

examples:
  exchange impact math
  exchange impact math --deep
  exchange impact math --instance h7Qkz2aV.3
  exchange impact math -o json

exit status: 3 if nobody offers, calls or hears a service of this name.
"""

FIELDS = (
    Field("who"),
    Field("by"),
    Field("through"),
    Field("depth", for_people=False),
    Field("offers", for_people=False),
    Field("principal", for_people=False),
    Field("id", for_people=False),
    Field("processes", is_number=True),
    Field("calls", told=grouped, is_number=True),
    Field("failed", told=grouped, is_number=True),
    Field("mean", told=milliseconds, is_number=True),
    Field("last", for_people=False),
    Field("age", "last call", lambda age: "-" if age is None else f"{span(age)} ago", is_number=True),
    Field("patterns"),
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the verb."""
    made = parser_of("impact", "Show who would notice if a service went.", EXAMPLES)
    made.add_argument("service", metavar="SERVICE", help="its name")
    made.add_argument("-i", "--instance", metavar="ID", help="only this instance of it would go; or how its id begins")
    made.add_argument("-d", "--deep", action="store_true", help="those too who call what calls it, and so on")
    add_timeout(made)
    add_output_options(made)
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> Status:
    """Show what ``words`` ask for, and return the exit status."""
    options = parser().parse_args(list(words))
    from exchange.app.cli.working import do

    return do("impact", options, show)


async def show(work: Work) -> None:
    """Print what remains, and a row for each who would notice."""
    from exchange.app.cli.map import surveyed
    from exchange.errors import ServiceUnavailable

    found, service = await surveyed(work), work.options.service
    if service not in found.services():
        raise ServiceUnavailable(f"nobody offers, calls or hears a service named '{service}'", delivered=False)
    left = remaining(found, service, work.options.instance)
    rows = list(rows_about(found, service, time.time(), is_deep=work.options.deep))
    work.output.say(_summary(found, service, left, rows, work.options.instance))
    work.output.rows(FIELDS, rows)
    if found.watching:
        watching = several(len(found.watching), "process watches", "processes watch")
        work.output.remark(f"{watching} who comes and goes, and would be told")


def remaining(found: Map, service: str, instance: str | None) -> list[dict[str, Any]]:
    """Return the instances that would be left.

    Raises:
        ServiceUnavailable: There is no such instance, or more than one.
    """
    from exchange.errors import ServiceUnavailable

    if instance is None:
        return []
    there = found.instances.get(service, [])
    exact = [row for row in there if row.get("id") == instance]
    near = exact or [row for row in there if instance and str(row.get("id")).startswith(instance)]
    if len(near) != 1:
        known = ", ".join(str(row.get("id")) for row in near or there) or "none"
        what = "several instances" if near else "no instance"
        raise ServiceUnavailable(f"{what} of '{service}' with the id '{instance}'; there is {known}", delivered=False)
    return [row for row in there if row is not near[0]]


def rows_about(found: Map, service: str, now: float, *, is_deep: bool) -> Iterator[dict[str, Any]]:
    """Yield a row for each who would notice, the nearest first.

    Args:
        is_deep: Whether to go on with those who call the services of these.
    """
    seen, layer, depth = {service}, [service], 1
    while layer:
        reached: list[str] = []
        for name in layer:
            for party, row in noticing(found, name, now):
                yield row | {"depth": depth, "through": name}
                reached += [offered for offered in party.offers if offered not in seen]
                seen.update(party.offers)
        layer = list(dict.fromkeys(reached)) if is_deep else []
        depth += 1


def noticing(found: Map, name: str, now: float) -> Iterator[tuple[Party, dict[str, Any]]]:
    """Yield who calls and who hears a service, each with a row."""
    for party, traffic in found.callers(name):
        age = max(0.0, round(now - traffic.last, 1)) if traffic.last else None
        counted = {"calls": traffic.calls, "failed": traffic.failed, "mean": traffic.mean, "last": traffic.last or None}
        yield party, _about(party, "calling") | counted | {"processes": len(traffic.processes), "age": age}
    for party, hearing in found.hearers(name):
        heard = {"processes": len(hearing.processes), "patterns": sorted(hearing.patterns)}
        yield party, _about(party, "hearing") | heard


def _about(party: Party, by: str) -> dict[str, Any]:
    offers, principal, thing = list(party.offers), party.principal or None, party.id or None
    return {"who": party.title, "by": by, "offers": offers, "principal": principal, "id": thing}


def _summary(
    found: Map, service: str, left: list[dict[str, Any]], rows: list[dict[str, Any]], instance: str | None
) -> str:
    there = several(len(found.instances.get(service, ())), "instance")
    would = several(len({row["who"] for row in rows}), "party", "parties")
    if left:
        places = ", ".join(f"{row.get('id')} at {row.get('at')}" for row in left)
        return f"{service} has {there}; without {instance} there remain {places}; of its calls these take the next:"
    if not rows:
        return f"{service} has {there}, and nobody is known who would notice if it went"
    return f"{service} has {there}; if it went, {would} would notice:"
