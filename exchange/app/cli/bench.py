"""``exchange bench``: how many calls a second a hub, or a service, answers, and how soon."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from exchange.app.cli.amounts import rate
from exchange.app.cli.columns import Field
from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_output_options, add_timeout, count, parser_of, patience, target
from exchange.app.cli.status import Status
from exchange.app.cli.units import grouped, milliseconds
from exchange.app.cli.values import argument

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

    from exchange.app.cli.working import Work
    from exchange.services.exchange import Exchange

EXAMPLES = """\
Without a method it calls a service of its own, over a second link, so that it is the hub, and
this computer, that are measured. It loads them as much as it can; mind who else works there.

examples:
  exchange bench
  exchange bench --calls 10000 --outstanding 1 --size 1024
  exchange bench math.multiply 6 7 --seconds 10 -o json
  exchange bench --reports --size 1024
"""

USUAL_SECONDS = 5.0
USUAL_SIZE = 32
LONGEST_WAIT = 5.0
"""Seconds until the own echo must be known."""

FIELDS = (
    Field("target"),
    Field("outstanding"),
    Field("size", "bytes in each call"),
    Field("calls", told=grouped),
    Field("failed", told=grouped),
    Field("failures", told=lambda kinds: ", ".join(f"{count:,} {kind}" for kind, count in kinds.items()) or "-"),
    Field("seconds"),
    Field("rate", "calls a second", rate),
    Field("mean", told=milliseconds),
    Field("min", "fastest", milliseconds),
    Field("p50", "median", milliseconds),
    Field("p99", "99 %", milliseconds),
    Field("p999", "99.9 %", milliseconds),
    Field("max", "slowest", milliseconds),
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the verb."""
    made = parser_of("bench", "Measure how many calls a second are answered, and how soon.", EXAMPLES)
    made.add_argument(
        "target", metavar="SERVICE.METHOD", type=target, nargs="?", help="what to call (an echo of its own)"
    )
    made.add_argument(
        "arguments", metavar="ARGUMENT", type=argument, nargs="*", default=[], help="of the method; as of call"
    )
    made.add_argument("-n", "--calls", metavar="N", type=count, help="end after so many calls")
    made.add_argument(
        "-s", "--seconds", metavar="SECONDS", type=patience, help=f"end after so long ({USUAL_SECONDS:g}, or --calls)"
    )
    made.add_argument(
        "-c", "--outstanding", metavar="N", type=count, default=100, help="calls that wait for answers at once (100)"
    )
    made.add_argument("--size", metavar="BYTES", type=_size, help="of what is sent to the own echo, and back (32)")
    made.add_argument(
        "--reports", action="store_true", help="reports in place of calls: from the own echo, and heard here"
    )
    add_timeout(made)
    add_output_options(made)
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> Status:
    """Measure what ``words`` ask for, and return the exit status."""
    made = parser()
    options = made.parse_intermixed_args(list(words))
    if options.target is not None and options.size is not None:
        made.error("--size is of what the own echo is sent; give the method its arguments instead")
    if options.target is not None and options.reports:
        made.error("--reports are those of the own echo; leave the method out")
    from exchange.app.cli.working import do

    return do("bench", options, bench)


async def bench(work: Work) -> Status:
    """Make the calls, and print the figures; a first one shows whether it can be called at all."""
    import time

    from exchange.app.cli.benching import Load

    options, echo = work.options, None
    try:
        if options.target is None:
            echo, make = await _echo(work)
            size: int | None = _payload(options)
        else:
            make, size = _calls(work), None
        await make()
        seconds = options.seconds or (USUAL_SECONDS if options.calls is None else None)
        load = Load(make, time.perf_counter, options.calls, seconds)
        row = (await load.run(options.outstanding)).as_row()
    finally:
        if echo is not None:
            await echo.stopService()
    own = "its own reports" if options.reports else "its own echo"
    what = ".".join(options.target) if options.target else own
    work.output.facts(FIELDS, {"target": what, "outstanding": options.outstanding, "size": size, **row})
    return Status.FAILED if row["failed"] else Status.FINE


def _calls(work: Work) -> Callable[[], Deferred[Any]]:
    service, method = work.options.target
    call = work.exchange.service(service, work.patience)[method]
    return lambda: call(*work.options.arguments)


async def _echo(work: Work) -> tuple[Exchange, Callable[[], Deferred[Any]]]:
    """Return an exchange that offers an echo, and what calls it, or hears from it, once it can be called."""
    from exchange.app.cli.echo import SUBJECT, Circle, Echo, another_link, known

    other = await another_link(work)
    echo = Echo()
    other.add(echo)
    thing, payload = other.id_of(echo), bytes(_payload(work.options))
    call = work.exchange.service(thing, work.patience).echo
    try:
        await known(work.exchange, other, thing, min(work.patience, LONGEST_WAIT))
        if work.options.reports:
            circle = Circle(echo, payload, work.patience)
            heard = circle.first()
            work.exchange.subscribe(thing, SUBJECT, circle.hear)
            await work.until(heard, "no report came back")
            return other, circle.send
    except BaseException:
        await other.stopService()
        raise
    return other, lambda: call(payload)


def _payload(options: argparse.Namespace) -> int:
    return USUAL_SIZE if options.size is None else int(options.size)


def _size(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"expected a number of bytes, got {text!r}")
    return int(text)
