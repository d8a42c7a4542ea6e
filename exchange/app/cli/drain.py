"""``exchange drain``: has a hub leave in good order, as at SIGTERM."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING, Any

from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_timeout, parser_of, patience
from exchange.app.cli.status import Status

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

    from exchange.app.cli.mesh import HubRow
    from exchange.app.cli.working import Work

EXAMPLES = """\
The hub takes no more calls, waits for the answers that are owed, sends those who are linked
to other hubs, and its process ends. On a terminal one is asked first. The command returns
when the hub has left; of one that runs on another machine, and is the one that answers, it
cannot know, and returns at once.

examples:
  exchange drain
  exchange drain paris --seconds 60
  exchange drain --hub hosta:11111 --yes

exit status: 1 if one was asked and did not say yes, 4 if the hub is there long after its time.
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
        "-s",
        "--seconds",
        metavar="SECONDS",
        type=patience,
        default=30.0,
        help="how long it may wait for answers that are owed (30)",
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
    from twisted.internet.defer import Deferred, succeed

    from exchange.app.cli.mesh import find_hub, hubs_of

    options, hubs = work.options, await hubs_of(work)
    hub = find_hub(hubs, options.which) if options.which else hubs[0]
    if not options.yes and sys.stdin.isatty() and not await _is_meant(work, hub, len(hubs) - 1):
        work.output.remark("nothing was done")
        return Status.FAILED
    process = process_of(hub.told)
    await work.call(hub.address, "drain", options.seconds)
    if options.no_wait or (hub.is_own and process is None):
        work.output.say(f"hub {hub.title} is leaving; that may take {options.seconds:g} s")
        return Status.FINE
    if hub.is_own and process is not None:
        await work.exchange.stopService()  # lest it waits for us
        return await _gone(work, hub, lambda: succeed(is_running(process)))
    return await _gone(work, hub, lambda: Deferred.fromCoroutine(_is_known(work, hub)))


async def _gone(work: Work, hub: HubRow, is_there: Callable[[], Deferred[bool]]) -> Status:
    """Wait until a hub is gone."""
    from twisted.internet.task import deferLater

    began = work.reactor.seconds()
    while work.reactor.seconds() - began < work.options.seconds + GRACE:
        if not await is_there():
            work.output.say(f"hub {hub.title} has left, after {work.reactor.seconds() - began:.1f} s")
            return Status.FINE
        await deferLater(work.reactor, LOOK)
    work.output.remark(f"hub {hub.title} is still there after {work.options.seconds + GRACE:g} s")
    return Status.TIMED_OUT


async def _is_known(work: Work, hub: HubRow) -> bool:
    """Return whether the hub that we are linked with is still linked with another."""
    from exchange.app.cli.mesh import ask_own

    others = (await ask_own(work, "overview")).get("hubs", ())
    return any(other.get("identity") == hub.identity for other in others)


def process_of(told: dict[str, Any]) -> int | None:
    """Return the process of a hub that runs on this machine."""
    pid = told.get("pid")
    return pid if isinstance(pid, int) and told.get("host") == gethostname() and is_running(pid) else None


def is_running(process: int) -> bool:
    """Return whether there is such a process, other than one that has ended and that nobody has looked after."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return True


async def _is_meant(work: Work, hub: HubRow, others: int) -> bool:
    from exchange.app.cli.amounts import several
    from exchange.app.cli.asking import asked

    left = f"{several(others, 'hub')} of the mesh will be left" if others else "it is the only hub here"
    answer = await asked(work.reactor, f"drain hub {hub.title}? {left} [y/N] ", sys.stdin)
    return answer.strip().lower() in ("y", "yes")
