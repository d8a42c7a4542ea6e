"""What publishers keep of their reports: a hub keeps none, so it is subscribed to for a moment, and no longer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred

from exchange import Exchange, Report, Subscription
from exchange.gateways.dashboard.told import told

MOST_SERVICES = 200
MOST_REPORTS = 1_000
LONGEST_CONTENT = 4_000
"""Characters of the content of one that are shown."""

PATIENCE = 1.0
"""Seconds until what has not come is not waited for."""


async def kept_by(exchange: Exchange, names: Iterable[str], clock: Any) -> dict[str, Any]:
    """Return the reports that the instances of some services keep.

    Returns:
        ``rows`` of them, how many there were (``count``), whether all publishers have shown
        theirs (``whole``), and what time it is (``now``).
    """
    gathered = _Gathered()
    wanted = list(dict.fromkeys(names))
    subscriptions: list[Subscription] = []
    try:
        for name in wanted[:MOST_SERVICES]:
            subscriptions.append(exchange.subscribe(name, "*", partial(gathered.seen, name)))
    except ValueError:
        gathered.is_whole = False
    gathered.is_whole = gathered.is_whole and len(wanted) <= MOST_SERVICES
    gathered.is_whole = await _settled(subscriptions, clock) and gathered.is_whole
    for subscription in subscriptions:
        subscription.cancel()
    return {"rows": gathered.rows, "count": gathered.count, "whole": gathered.is_whole, "now": clock.seconds()}


class _Gathered:
    """What has come."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.count = 0
        self.is_whole = True

    def seen(self, name: str, content: Any, report: Report) -> None:
        """A report came; one that is not kept is of no interest."""
        if not report.retained:
            return
        self.count += 1
        if len(self.rows) < MOST_REPORTS:
            self.rows.append(
                {
                    "service": name,
                    "subject": report.subject,
                    "instance": report.instance.hex(),
                    "content": told(content, LONGEST_CONTENT).as_dict(),
                    "posted": report.posted,
                    "number": report.number,
                    "remaining": report.remaining,
                }
            )


async def _settled(subscriptions: list[Subscription], clock: Any) -> bool:
    """Wait until all publishers have shown what they keep, or for a moment; return whether they have."""
    over: Deferred[None] = Deferred()

    def look(_: object = None) -> None:
        if not over.called and all(each.ready.called for each in subscriptions):
            over.callback(None)

    for each in subscriptions:
        each.ready.addCallback(look)
    look()
    if not over.called:
        timer = clock.callLater(PATIENCE, over.callback, None)
        await over
        if timer.active():
            timer.cancel()
    return all(each.ready.called for each in subscriptions)
