"""``exchange hubs``: all hubs of the mesh, each asked about itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from exchange.app.cli.columns import Field
from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_output_options, add_timeout, parser_of
from exchange.app.cli.status import Status
from exchange.app.cli.units import span

if TYPE_CHECKING:
    from exchange.app.cli.mesh import HubAnswer, HubRow
    from exchange.app.cli.working import Work

EXAMPLES = """\
The hub that answers is asked for the others, and each of them, through it, about itself.
A hub that does not answer is shown with the reason; so is one that others are linked with
and this one is not.

examples:
  exchange hubs
  exchange hubs --hub hosta:11111 -o json
"""

FIELDS = (
    Field("name"),
    Field("id"),
    Field("version"),
    Field("uptime", told=span, is_number=True),
    Field("address"),
    Field("endpoints", for_people=False),
    Field("principal", for_people=False),
    Field("group", for_people=False),
    Field("links", is_number=True),
    Field("peers", is_number=True),
    Field("instances", is_number=True),
    Field("services", is_number=True),
    Field("subscriptions", is_number=True),
    Field("calls", is_number=True),
    Field("hubs", "linked with"),
    Field("wire", for_people=False),
    Field("python", for_people=False),
    Field("host", for_people=False),
    Field("pid", for_people=False),
    Field("leaving", for_people=False),
    Field("suspected", for_people=False),
    Field("error", for_people=False),
    Field("state"),
)
OF_ITSELF = (
    *("version", "wire", "python", "host", "pid", "group"),
    *("links", "peers", "instances", "services", "subscriptions", "calls"),
)
"""What is taken over from the answer of a hub about itself."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the verb."""
    made = parser_of("hubs", "Show all hubs of the mesh: their links, instances, versions, and how they are.", EXAMPLES)
    add_timeout(made)
    add_output_options(made)
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> Status:
    """Show what ``words`` ask for, and return the exit status."""
    options = parser().parse_args(list(words))
    from exchange.app.cli.working import do

    return do("hubs", options, show)


async def show(work: Work) -> None:
    """Print a row for each hub."""
    from exchange.app.cli.mesh import ask, hubs_of

    hubs = await hubs_of(work)
    work.output.rows(FIELDS, rows_about(await ask(work, hubs, "overview")))


def rows_about(answers: Sequence[HubAnswer]) -> list[dict[str, Any]]:
    """Return a row for each hub that answered, that did not, and that only others know."""
    rows = [_row(answer.hub, answer.answer, answer.error) for answer in answers]
    known = {answer.hub.identity for answer in answers}
    for answer in answers:
        for other in _hubs(answer.answer):
            if other.get("identity") not in known:
                known.add(other.get("identity", b""))
                error = f"linked with {answer.hub.title}, but not with {answers[0].hub.title}"
                rows.append(_told(other) | {"error": error, "state": error})
    return rows


def _row(hub: HubRow, answer: dict[str, Any], error: str) -> dict[str, Any]:
    row = _told(hub.told) | {"suspected": bool(hub.told.get("suspected")) and not hub.is_own, "error": error or None}
    if answer:
        row |= {key: answer.get(key) for key in OF_ITSELF}
        row |= {"uptime": _uptime(answer), "hubs": [_title(other) for other in _hubs(answer)]}
        row["leaving"] = bool(answer.get("leaving"))
    states = ("silent" if row["suspected"] else "", "leaving" if row["leaving"] else "", error)
    return row | {"state": ", ".join(filter(None, states))}


def _told(told: dict[str, Any]) -> dict[str, Any]:
    """Return what somebody else tells of a hub, or it itself of its name and id."""
    row = {key: told.get(key) for key in ("name", "id", "address", "endpoints", "principal")}
    return row | {"leaving": bool(told.get("leaving"))}


def _uptime(answer: dict[str, Any]) -> float | None:
    started, now = answer.get("started"), answer.get("now")
    return round(now - started, 1) if isinstance(started, int | float) and isinstance(now, int | float) else None


def _hubs(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (row for row in answer.get("hubs", ()) if isinstance(row, dict))


def _title(told: dict[str, Any]) -> str:
    return str(told.get("name") or told.get("id"))
