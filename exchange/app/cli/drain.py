"""``exchange drain``: has a hub leave in good order, as at SIGTERM."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_timeout, parser_of, seconds
from exchange.app.cli.status import Status

if TYPE_CHECKING:
    from exchange.app.cli.mesh import HubRow
    from exchange.app.cli.working import Work

EXAMPLES = """\
The hub takes no more calls, waits for the answers that are owed, sends those who are linked
to other hubs, and its process ends. On a terminal one is asked first. The command returns
when the hub has left.

examples:
  exchange drain
  exchange drain paris --seconds 60
  exchange drain --hub hosta:11111 --yes

exit status: 1 if one was asked and did not say yes.
"""

LOOK = 0.25
"""Seconds between looks whether a hub is still there."""

GRACE = 10.0
"""Seconds more than it was given, in which a hub must have left."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the verb."""
    made = parser_of("drain", "Have a hub leave in good order, and its process end.", EXAMPLES)
    made.add_argument(
        "which", metavar="HUB", nargs="?", default="", help="its name or id; the hub that answers, if left out"
    )
    made.add_argument(
        "-s", "--seconds", type=seconds, default=30.0, help="how long it may wait for answers that are owed (30)"
    )
    made.add_argument("-y", "--yes", action="store_true", help="do not ask whether it is meant")
    made.add_argument("--no-wait", action="store_true", help="return at once, and not when the hub has left")
    add_timeout(made)
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> Status:
    """Drain what ``words`` name, and return the exit status."""
    options = parser().parse_args(list(words))
    from exchange.app.cli.working import do

    return do("drain", options, drain)


async def drain(work: Work) -> Status:
    """Have the hub leave, and wait until it did."""
    from exchange.app.cli.mesh import find_hub, hubs_of

    hubs = await hubs_of(work)
    hub = find_hub(hubs, work.options.which) if work.options.which else hubs[0]
    if not work.options.yes and sys.stdin.isatty() and not await _is_meant(work, hub, len(hubs) - 1):
        work.output.remark("nothing was done")
        return Status.FAILED
    await work.call(hub.address, "drain", work.options.seconds)
    if work.options.no_wait:
        work.output.say(f"hub {hub.title} is leaving")
        return Status.FINE
    return await _gone(work, hub)


async def _gone(work: Work, hub: HubRow) -> Status:
    """Wait until a hub is gone."""
    began = work.reactor.seconds()
    while work.reactor.seconds() - began < work.options.seconds + GRACE:
        if not await _is_there(work, hub):
            work.output.say(f"hub {hub.title} has left, after {work.reactor.seconds() - began:.1f} s")
            return Status.FINE
        await _pause(work)
    work.output.remark(f"hub {hub.title} is still there after {work.options.seconds + GRACE:g} s")
    return Status.TIMED_OUT


async def _is_there(work: Work, hub: HubRow) -> bool:
    """Return whether a hub still answers; what it does not let us know any more counts as gone."""
    from exchange.app.cli.mesh import ask_own
    from exchange.errors import CallError

    try:
        own = await ask_own(work, "overview")
    except CallError:
        return False
    identities = [own.get("identity"), *(row.get("identity") for row in own.get("hubs", ()))]
    return hub.identity in (identities[:1] if hub.is_own else identities)


async def _pause(work: Work) -> None:
    from twisted.internet.task import deferLater

    await deferLater(work.reactor, LOOK)


async def _is_meant(work: Work, hub: HubRow, others: int) -> bool:
    from exchange.app.cli.amounts import several
    from exchange.app.cli.asking import asked

    left = f"{several(others, 'hub')} of the mesh will be left" if others else "it is the only hub here"
    answer = await asked(work.reactor, f"drain hub {hub.title}? {left} [y/N] ", sys.stdin)
    return answer.strip().lower() in ("y", "yes")
