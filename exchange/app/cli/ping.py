"""``exchange ping``: how long it takes to the hub or to a service, and back."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exchange.app.cli.columns import Field
from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_output_options, add_timeout, count, parser_of, seconds
from exchange.app.cli.status import Status
from exchange.app.cli.units import milliseconds

if TYPE_CHECKING:
    from exchange.app.cli.working import Work

EXAMPLES = """\
examples:
  exchange ping
  exchange ping math
  exchange ping math --instance h7Qk --count 20 --interval 0
  exchange ping -o json

Without a service it is the hub that answers. Every service answers by itself.
"""

ROUND = (Field("round", is_number=True), Field("seconds", told=milliseconds), Field("error"))
SUMMARY = (
    *(Field("to"), Field("linked"), Field("sent"), Field("answered")),
    *(Field("min"), Field("median"), Field("max"), Field("rounds")),
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = parser_of("ping", "Ask the hub, or a service, for signs of life, and tell how long they took.", EXAMPLES)
    made.add_argument("service", metavar="SERVICE", nargs="?", help="whom to ask (the hub)")
    made.add_argument(
        "--instance", metavar="ID", help="ask this instance: its id as exchange services shows it, or how that begins"
    )
    made.add_argument("-n", "--count", metavar="N", type=count, default=5, help="how often (5)")
    made.add_argument("-i", "--interval", metavar="SECONDS", type=seconds, default=0.2, help="how long between (0.2)")
    add_timeout(made, 5.0)
    add_output_options(made)
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> Status:
    """Ping, and return the exit status."""
    made = parser()
    options = made.parse_args(list(words))
    if options.instance and not options.service:
        made.error("--instance is of a service; name it")
    from exchange.app.cli.working import do

    return do("ping", options, _ping)


async def _ping(work: Work) -> Status:
    from exchange.app.cli.instances import instance_of
    from exchange.errors import ServiceUnavailable
    from exchange.routing.interest import BUILT_IN

    options = work.options
    to: str | bytes = options.service or BUILT_IN
    if options.instance:
        to = instance_of(await work.presences(options.service), options.service, options.instance).id
    whom = options.service or work.hub
    stream = work.output.stream(ROUND) if work.output.form in ("jsonl", "csv") else None
    rounds: list[float | None] = []
    status = Status.FINE
    for number in range(1, options.count + 1):
        if number > 1:
            await work.stay(options.interval)
        row, status = await _round(work, to, number, status)
        rounds.append(row["seconds"])
        if stream:
            stream.row(row)
        work.output.say(f"{whom}: {row['error'] or milliseconds(row['seconds'])}")
        if row["error"] and status is Status.NO_SUCH_NAME:
            raise ServiceUnavailable(row["error"], delivered=False)
    if not stream:
        _summarize(work, whom, rounds)
    return status


async def _round(work: Work, to: str | bytes, number: int, status: Status) -> tuple[dict[str, Any], Status]:
    from exchange.app.cli.status import status_of
    from exchange.errors import CallError

    try:
        return {"round": number, "seconds": await work.exchange.ping(to, work.patience), "error": None}, status
    except CallError as error:
        return {"round": number, "seconds": None, "error": str(error)}, status_of(error)


def _summarize(work: Work, whom: str, rounds: Sequence[float | None]) -> None:
    from statistics import median

    took = [each for each in rounds if each is not None]
    least, middle, most = (min(took), median(took), max(took)) if took else (None, None, None)
    if work.output.is_for_people:
        times = f": min {milliseconds(least)}, median {milliseconds(middle)}, max {milliseconds(most)}" if took else ""
        work.output.say(f"{len(took)} of {len(rounds)} answered{times}; linked in {milliseconds(work.linked_in)}")
        return
    row = {"to": whom, "linked": work.linked_in, "sent": len(rounds), "answered": len(took)}
    work.output.facts(SUMMARY, row | {"min": least, "median": middle, "max": most, "rounds": list(rounds)})
