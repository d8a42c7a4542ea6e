"""Rows of what comes and goes: instances, reports, links at a hub; for the verbs that print them as they come."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from exchange.app.cli.columns import Field, told
from exchange.app.cli.values import as_json_has_it
from exchange.errors import ConfigurationError, LinkLost, ServiceUnavailable
from exchange.routing.interest import BUILT_IN
from exchange.wire.identities import readable

if TYPE_CHECKING:
    from exchange.app.cli.working import Work
    from exchange.services.presence import Presence, PresenceChange
    from exchange.services.report import Report

DRIFT = "drift"
SUSPECTED = "suspected"


def clock(seconds: Any) -> str:
    """Return the time of day here, of a time in seconds since 1970."""
    return f"{datetime.fromtimestamp(seconds):%H:%M:%S}" if isinstance(seconds, int | float) else "-"


SERVICE_FIELDS = (
    Field("name", width=20),
    Field("instance", width=12),
    Field("groups", width=16),
    Field("principal"),
    Field("audience", for_people=False),
    Field("path", for_people=False),
    Field("digest", for_people=False),
    Field("id", for_people=False),
    Field("notes"),
)
CHANGE_FIELDS = (
    Field("time", told=clock, width=8),
    Field("change", width=7),
    *SERVICE_FIELDS,
    Field("reason"),
)
LINK_FIELDS = (
    Field("time", told=clock, width=8),
    Field("change", width=6),
    Field("id", width=12),
    Field("role", width=4),
    Field("name", width=12),
    Field("principal", width=12),
    Field("address", width=21),
    Field("offers"),
)
REPORT_FIELDS = (
    Field("time", told=clock, width=8),
    Field("subject", width=20),
    Field("value", width=20),
    Field("instance", for_people=False),
    Field("number", for_people=False),
    Field("posted", for_people=False),
    Field("retained", for_people=False),
    Field("skipped", "missed", told=lambda count: told(count or None)),
)


class Limited:
    """Prints rows one by one, for as long and until so many are printed as the options say."""

    def __init__(self, work: Work, fields: Sequence[Field]) -> None:
        self._work = work
        self._stream = work.output.stream(fields)
        self._left: int | None = work.options.count

    def row(self, row: dict[str, Any]) -> None:
        """Print a row, if it is still wanted."""
        if self._left == 0:
            return
        self._stream.row(row)
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self._work.leave()

    async def to_end(self) -> None:
        """Go on for as long as the options say; what goes because we go is not printed any more."""
        try:
            await self._work.stay(self._work.options.seconds)
        finally:
            self.end()

    def end(self) -> None:
        """Print no more."""
        self._left = 0
        self._stream.end()


async def follow_services(work: Work, pattern: str | None, group: str | None) -> None:
    """Print the instances that fit, and every change among them, for as long as the options say."""
    rows = Limited(work, CHANGE_FIELDS)

    def changed(change: PresenceChange) -> None:
        row = instance_row(change.instance)
        rows.row({"time": time.time(), "change": change.kind, **row, "reason": change.reason or None})

    try:
        work.exchange.watch(group=group, pattern=pattern, changed=changed)
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    await rows.to_end()


async def follow_reports(work: Work, service: str, pattern: str) -> None:
    """Print the reports that a service keeps, and those that come, for as long as the options say."""
    rows = Limited(work, REPORT_FIELDS)

    def seen(content: Any, report: Report) -> None:
        rows.row(report_row(content, report))

    try:
        work.exchange.subscribe(service, pattern, seen)
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    await rows.to_end()


async def follow_links(work: Work) -> None:
    """Print the links of the hub, and every change among them, looking so often as the options say."""
    rows = Limited(work, LINK_FIELDS)
    known: dict[str, dict[str, Any]] = {}
    ends = None if work.options.seconds is None else work.reactor.seconds() + work.options.seconds
    while not work.is_left and (ends is None or work.reactor.seconds() < ends):
        there = await _links(work, known)
        for change, ids in (("went", known.keys() - there.keys()), ("came", there.keys() - known.keys())):
            for link in sorted(ids):
                row = known[link] if change == "went" else there[link]
                rows.row({"time": time.time(), "change": change, **row})
        known = there
        await work.stay(work.options.interval)
    rows.end()


async def _links(work: Work, known: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the links at the hub by their ids; those that are known, while no hub answers."""
    try:
        answer = await work.call(BUILT_IN, "links")
    except (LinkLost, ServiceUnavailable):
        return known
    return {row["id"]: row for row in answer["rows"]}


def instance_row(presence: Presence, notes: Iterable[str] = ()) -> dict[str, Any]:
    """Return an instance as a row of `SERVICE_FIELDS`."""
    noted = [*notes, *([SUSPECTED] if presence.suspected else [])]
    noted += [f"through {group}" for group in presence.path]
    return {
        "name": presence.name,
        "instance": readable(presence.id),
        "groups": list(presence.groups),
        "principal": presence.principal,
        "audience": presence.audience,
        "path": list(presence.path),
        "digest": presence.digest.hex(),
        "id": presence.id.hex(),
        "notes": noted,
    }


def report_row(content: Any, report: Report) -> dict[str, Any]:
    """Return a report as a row of `REPORT_FIELDS`."""
    return {
        "time": time.time(),
        "subject": report.subject,
        "value": as_json_has_it(content),
        "instance": readable(report.instance),
        "number": report.number,
        "posted": report.posted,
        "retained": report.retained,
        "skipped": report.skipped,
    }
