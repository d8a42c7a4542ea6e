"""``exchange top``: which services are called most, and which links carry most, as it goes."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from exchange.app.cli.amounts import rate, size
from exchange.app.cli.columns import Field
from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_output_options, add_timeout, count, parser_of, patience
from exchange.app.cli.status import Status
from exchange.app.cli.units import grouped, milliseconds

if TYPE_CHECKING:
    from exchange.app.cli.output import Output, Stream
    from exchange.app.cli.rates import Look
    from exchange.app.cli.working import Work

EXAMPLES = """\
On a terminal it is shown anew every two seconds, till Ctrl-C; else rows follow one another.
Services come first, by calls a second; then links, by bytes a second. Latencies are those
of answers that came meanwhile, as far as the hubs tell them apart.

examples:
  exchange top
  exchange top --once
  exchange top --all-hubs --interval 10 -o jsonl
"""


def told_of_failures(failures: Any) -> str:
    """Return how many calls failed, by the numbers of the errors."""
    return ", ".join(f"{count:,} of {kind}" for kind, count in (failures or {}).items()) or "-"


SERVICES = (
    Field("name", "service", lambda name: name or "(unknown)"),
    Field("rate", "calls/s", rate, is_number=True),
    Field("errors", "errors/s", rate, is_number=True),
    Field("p50", "median", milliseconds, is_number=True),
    Field("p99", told=milliseconds, is_number=True),
    Field("calls", "calls so far", grouped, is_number=True),
    Field("failures", told=told_of_failures),
)
LINKS = (
    Field("hub"),
    Field("id", "link"),
    Field("name"),
    Field("principal"),
    Field("bytes_in", "in/s", size, is_number=True),
    Field("bytes_out", "out/s", size, is_number=True),
    Field("frames_in", "frames in/s", rate, is_number=True),
    Field("frames_out", "frames out/s", rate, is_number=True),
    Field("queued", told=size, is_number=True),
    Field("owing", is_number=True),
    Field("offers"),
)
ROWS = (
    Field("time", for_people=False),
    Field("kind", width=7),
    Field("name", width=16),
    Field("hub", width=8),
    Field("id", width=8),
    Field("rate", "calls/s", rate, is_number=True, width=8),
    Field("errors", "errors/s", rate, is_number=True, width=8),
    Field("mean", told=milliseconds, is_number=True, for_people=False),
    Field("p50", "median", milliseconds, is_number=True, width=8),
    Field("p99", told=milliseconds, is_number=True, width=8),
    Field("calls", for_people=False),
    Field("failures", for_people=False),
    Field("principal", for_people=False),
    Field("offers", for_people=False),
    Field("bytes_in", "in/s", size, is_number=True, width=9),
    Field("bytes_out", "out/s", size, is_number=True, width=9),
    Field("frames_in", for_people=False),
    Field("frames_out", for_people=False),
    Field("queued", told=size, is_number=True, width=8),
    Field("owing", for_people=False),
    Field("asking", for_people=False),
)

CLEAR = "\x1b[2J\x1b[H"
"""Empties a terminal, and goes to its first line."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the verb."""
    made = parser_of("top", "Show as it goes which services are called most, and which links carry most.", EXAMPLES)
    made.add_argument("-a", "--all-hubs", action="store_true", help="of all hubs of the mesh together")
    made.add_argument("-i", "--interval", metavar="SECONDS", type=patience, default=2.0, help="between two looks (2)")
    made.add_argument("-n", "--count", metavar="N", type=count, help="end after so many times (never)")
    made.add_argument("--once", dest="count", action="store_const", const=1, help="the same as --count 1")
    made.add_argument("--most", metavar="N", type=count, default=20, help="services, and links, at most (20)")
    add_timeout(made)
    add_output_options(made)
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> Status:
    """Show what ``words`` ask for, and return the exit status."""
    options = parser().parse_args(list(words))
    from exchange.app.cli.working import do

    return do("top", options, show)


async def show(work: Work) -> None:
    """Look again and again, and print what happened meanwhile."""
    from exchange.app.cli.rates import link_rows, service_rows

    before, left = await _look(work), work.options.count
    is_screen = work.output.is_for_people and (is_terminal() or left == 1)
    shown = _Screen(work.output) if is_screen else _Rows(work.output)
    while left is None or left > 0:
        await work.stay(work.options.interval)
        if work.is_left:
            break
        now, most = await _look(work), work.options.most
        shown.show(service_rows(before, now)[:most], link_rows(before, now)[:most])
        before, left = now, None if left is None else left - 1
    shown.end()


async def _look(work: Work) -> Look:
    from exchange.app.cli.mesh import ask, hubs_of, rows_of
    from exchange.app.cli.rates import Look, services_of

    hubs = await hubs_of(work)
    chosen = hubs if work.options.all_hubs else hubs[:1]
    metrics = await ask(work, chosen, "metrics")
    links = await ask(work, chosen, "links")
    found = {(each.hub.title, str(row.get("id"))): row for each in links for row in rows_of(each.answer)}
    return Look(work.reactor.seconds(), services_of(each.answer for each in metrics), found)


def is_terminal() -> bool:
    """Return whether what is printed can be put in place of what was."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


class _Rows:
    """Shows rows one after another, for programs, files and pagers."""

    def __init__(self, output: Output) -> None:
        self._stream: Stream = output.stream(ROWS)

    def show(self, services: Iterable[dict[str, Any]], links: Iterable[dict[str, Any]]) -> None:
        now = round(time.time(), 3)
        for kind, rows in (("service", services), ("link", links)):
            for row in rows:
                self._stream.row({"time": now, "kind": kind, **row})

    def end(self) -> None:
        self._stream.end()


class _Screen:
    """Shows two tables, in place of those before if it is a terminal."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def show(self, services: Sequence[dict[str, Any]], links: Sequence[dict[str, Any]]) -> None:
        if is_terminal():
            self._output.write(CLEAR)
        self._output.rows(SERVICES, services, none="nothing was called yet")
        self._output.say("")
        self._output.rows(LINKS, links, none="nobody is linked")

    def end(self) -> None:
        """Leave what is shown."""
