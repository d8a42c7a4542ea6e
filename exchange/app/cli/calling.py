"""Makes the calls of ``exchange call``, and tells how they went; imported only once there is something to do."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from random import choice
from typing import Any

from twisted.internet.defer import Deferred, gatherResults

from exchange.app.cli.columns import Field
from exchange.app.cli.instances import instance_of
from exchange.app.cli.status import Status, status_of
from exchange.app.cli.units import milliseconds
from exchange.app.cli.values import as_json_has_it
from exchange.app.cli.working import Work, do, text_of
from exchange.errors import CallError, ServiceUnavailable
from exchange.services.presence import Presence
from exchange.wire.identities import Id, readable

FIELDS = (
    Field("instance", width=12),
    Field("value"),
    Field("error"),
    Field("number", "no", is_number=True, for_people=False),
    Field("delivered", for_people=False),
    Field("seconds", told=milliseconds, is_number=True),
)
"""Of one row of ``--all``."""

TIMED = (
    Field("value"),
    Field("linked", "linked in", told=milliseconds),
    Field("called", "answered in", told=milliseconds),
    Field("instance", "by"),
    Field("hub", "through"),
)
"""What ``--timing`` tells to programs."""


def call_and_print(options: argparse.Namespace) -> Status:
    """Make the call and print its result, or one line on standard error."""
    return do("call", options, _all if options.all else _one)


async def _one(work: Work) -> None:
    options, exchange = work.options, work.exchange
    service, method = options.target
    to: str | Id = service
    if options.instance:
        to = instance_of(await work.presences(service), service, options.instance).id
    elif options.timing:
        to = _chosen(await work.presences(service), service)
    began = exchange.reactor.seconds()
    # Through a proxy every keyword is the method's, "timeout" and "wait" too.
    call = exchange.service(to, work.patience, work.wait)[method]
    value = await call(*options.arguments, **dict(options.named))
    if not options.timing:
        work.output.value(value)
        return
    timing = {
        "value": value,
        "linked": work.linked_in,
        "called": exchange.reactor.seconds() - began,
        "instance": None if isinstance(to, str) else readable(to),
        "hub": work.hub,
    }
    _tell_timing(work, timing)


def _tell_timing(work: Work, timing: dict[str, Any]) -> None:
    if not work.output.is_for_people:
        work.output.facts(TIMED, timing)
        return
    work.output.value(timing["value"])
    work.output.remark(
        f"linked with {timing['hub']} in {milliseconds(timing['linked'])}, "
        f"answered by {timing['instance'] or 'an instance that cannot be known'} in {milliseconds(timing['called'])}"
    )


def _chosen(instances: Sequence[Presence], service: str) -> str | Id:
    """Return an instance to call, so that it is known which answers; the name, if the hub shows none."""
    able = [each.id for each in instances if not each.suspected] or [each.id for each in instances]
    return choice(able) if able else service


async def _all(work: Work) -> Status:
    service, method = work.options.target
    instances = await work.presences(service)
    if not instances:
        raise ServiceUnavailable(f"no service named '{service}' is known at {work.hub}", delivered=False)
    ids = sorted((each.id for each in instances), key=readable)
    outcomes = await gatherResults([Deferred.fromCoroutine(_outcome(work, each, method)) for each in ids])
    shown = [field for field in FIELDS if field.key != "seconds" or work.options.timing]
    work.output.rows(shown, [row for row, _ in outcomes])
    statuses = {status for _, status in outcomes} - {Status.FINE}
    if len(statuses) > 1:
        return Status.FAILED
    return statuses.pop() if statuses else Status.FINE


async def _outcome(work: Work, instance: Id, method: str) -> tuple[dict[str, Any], Status]:
    """Return what came of a call to one instance, as a row, and the status that it alone would have."""
    began = work.reactor.seconds()
    row: dict[str, Any] = {"instance": readable(instance), "delivered": True}
    status = Status.FINE
    try:
        call = work.exchange.service(instance, work.patience, retry=False)[method]
        row["value"] = as_json_has_it(await call(*work.options.arguments, **dict(work.options.named)))
    except CallError as error:
        row |= {"error": text_of(error), "number": error.number, "delivered": error.delivered}
        status = status_of(error)
    return row | {"seconds": work.reactor.seconds() - began}, status
