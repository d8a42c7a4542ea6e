"""``exchange links``: who is linked with a hub, or with any hub of the mesh, and what passes."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exchange.app.cli.amounts import size
from exchange.app.cli.columns import Field
from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_output_options, add_timeout, count, parser_of
from exchange.app.cli.status import Status
from exchange.app.cli.units import grouped, span

if TYPE_CHECKING:
    from exchange.app.cli.mesh import HubAnswer
    from exchange.app.cli.working import Work

EXAMPLES = """\
A link is named by the id of what is at its other end, which is what exchange kick takes.

examples:
  exchange links
  exchange links --all-hubs
  exchange links -o jsonl
"""

STATES = {"congested": "cannot keep up", "leaving": "leaving", "suspected": "silent"}

HUB = Field("hub")
FIELDS = (
    Field("id"),
    Field("name"),
    Field("role"),
    Field("principal"),
    Field("address"),
    Field("dialled", for_people=False),
    Field("since", for_people=False),
    Field("wire", for_people=False),
    Field("age", told=span, is_number=True),
    Field("frames_in", "frames in", grouped, is_number=True),
    Field("bytes_in", "in", size, is_number=True),
    Field("frames_out", "frames out", grouped, is_number=True),
    Field("bytes_out", "out", size, is_number=True),
    Field("queued", told=size, is_number=True),
    Field("asking", is_number=True),
    Field("owing", is_number=True),
    Field("instances", for_people=False),
    Field("subscriptions", for_people=False),
    Field("offers"),
    Field("congested", for_people=False),
    Field("leaving", for_people=False),
    Field("suspected", for_people=False),
    Field("state"),
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the verb."""
    made = parser_of("links", "Show who is linked with a hub, since when, and what passes.", EXAMPLES)
    made.add_argument("-a", "--all-hubs", action="store_true", help="the links of all hubs of the mesh")
    made.add_argument("--most", metavar="N", type=count, default=1000, help="how many of one hub at most (1000)")
    add_timeout(made)
    add_output_options(made)
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> Status:
    """Show what ``words`` ask for, and return the exit status."""
    options = parser().parse_args(list(words))
    from exchange.app.cli.working import do

    return do("links", options, show)


async def show(work: Work) -> None:
    """Print a row for each link."""
    from exchange.app.cli.mesh import ask, hubs_of, left_out

    hubs = await hubs_of(work)
    chosen = hubs if work.options.all_hubs else hubs[:1]
    answers = await ask(work, chosen, "links", work.options.most)
    fields = (HUB, *FIELDS) if work.options.all_hubs else FIELDS
    work.output.rows(fields, rows_about(answers, time.time()), none="nobody is linked")
    for answer in answers:
        if answer.error:
            work.output.remark(f"hub {answer.hub.title}: {answer.error}")
        elif left_out(answer.answer):
            work.output.remark(f"hub {answer.hub.title}: and {left_out(answer.answer)} more; see --most")


def rows_about(answers: Sequence[HubAnswer], now: float) -> list[dict[str, Any]]:
    """Return a row for each link, of all hubs that answered."""
    from exchange.app.cli.mesh import rows_of

    return [_row(answer.hub.title, row, now) for answer in answers for row in rows_of(answer.answer)]


def _row(hub: str, row: dict[str, Any], now: float) -> dict[str, Any]:
    since = row.get("since")
    state = ", ".join(told for key, told in STATES.items() if row.get(key))
    age = max(0.0, round(now - since, 1)) if isinstance(since, int | float) else None
    return row | {"hub": hub, "age": age, "state": state}
