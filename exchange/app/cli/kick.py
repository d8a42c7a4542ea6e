"""``exchange kick``: ends a link, so that whoever was there must link anew."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exchange.app.cli.amounts import several
from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_output_options, add_timeout, parser_of
from exchange.app.cli.status import Status

if TYPE_CHECKING:
    from exchange.app.cli.mesh import HubRow
    from exchange.app.cli.working import Work

EXAMPLES = """\
The far end is told that it was kicked, and why; a process of this project links again after
a while. To keep somebody out, change the policy or what lets it in, and kick it then.

examples:
  exchange links
  exchange kick h7Qkz2aV
  exchange kick h7Q --all-hubs --reason "too many calls"
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the verb."""
    made = parser_of("kick", "End the links of somebody.", EXAMPLES)
    made.add_argument("link", metavar="LINK", help="the id that exchange links shows, or how it begins")
    made.add_argument("--reason", metavar="TEXT", default="", help="what the far end is told")
    made.add_argument("-a", "--all-hubs", action="store_true", help="at whichever hub of the mesh the link is")
    add_timeout(made)
    add_output_options(made)
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> Status:
    """Kick whom ``words`` name, and return the exit status."""
    options = parser().parse_args(list(words))
    from exchange.app.cli.working import do

    return do("kick", options, kick)


async def kick(work: Work) -> None:
    """End the links, and tell how many there were."""
    from exchange.app.cli.mesh import hubs_of

    hubs = await hubs_of(work)
    places = await _places(work, hubs if work.options.all_hubs else hubs[:1])
    rows = []
    for hub, link in places:
        ended = await work.call(hub.address, "kick", link, work.options.reason)
        rows.append({"hub": hub.title, "id": link, "links": ended})
        work.output.say(f"{link} was kicked from hub {hub.title}: {several(ended, 'link')} ended")
    if not work.output.is_for_people:
        from exchange.app.cli.columns import Field

        work.output.rows((Field("hub"), Field("id"), Field("links")), rows)


async def _places(work: Work, hubs: Sequence[HubRow]) -> list[tuple[HubRow, str]]:
    """Return the hubs that have the link, and its id.

    Raises:
        ServiceUnavailable: No hub has it, or several ids begin so.
    """
    from exchange.app.cli.mesh import ask, rows_of
    from exchange.errors import ServiceUnavailable

    wanted = work.options.link
    answers = await ask(work, hubs, "links")
    found = [(answer.hub, row) for answer in answers for row in rows_of(answer.answer)]
    exact = [(hub, row) for hub, row in found if wanted in (row.get("id"), row.get("name"))]
    near = exact or [(hub, row) for hub, row in found if str(row.get("id", "")).startswith(wanted)]
    ids = sorted({str(row.get("id")) for _, row in near})
    if len(ids) == 1 and wanted:
        return list({hub.identity: (hub, ids[0]) for hub, _ in near}.values())
    where = f"hub {hubs[0].title}" if len(hubs) == 1 else "any hub"
    text = f"several are meant by '{wanted}': {', '.join(ids)}" if ids else f"there is no link '{wanted}' at {where}"
    raise ServiceUnavailable(f"{text}; see exchange links{_all(hubs)}", delivered=False)


def _all(hubs: Sequence[Any]) -> str:
    return " --all-hubs" if len(hubs) > 1 else ""
