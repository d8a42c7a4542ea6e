"""Learning: what it takes to know ten thousand instances, at the hub and at a watcher."""

from __future__ import annotations

from typing import NamedTuple

from tests.bench.system import start_part

INSTANCES = 10_000


class Learned(NamedTuple):
    """What was measured; bytes are those by which the memory of the process grew, for each instance."""

    hub_bytes: float
    watcher_bytes: float
    seconds: float
    """From the wish to watch until the first picture was whole."""


def learn() -> Learned:
    """Start hub, holder and watcher, let them learn, and return what it took."""
    hub = start_part("watch_site", "hub")
    holder, watcher = start_part("watch_site", "holder", hub.port), start_part("watch_site", "watcher", hub.port)
    parts = [watcher, holder, hub]
    try:
        empty = hub.ask(do="report")
        holder.ask(do="begin", amount=INSTANCES)
        before = watcher.ask(do="report")
        after = watcher.ask(do="begin", amount=INSTANCES)
        full = hub.ask(do="report")
    finally:
        for each in parts:
            each.end()
    if after["count"] != INSTANCES:
        raise SystemExit(f"bench: the watcher knows {after['count']} of {INSTANCES} instances")
    hub_bytes, watcher_bytes = full["memory"] - empty["memory"], after["memory"] - before["memory"]
    return Learned(hub_bytes / INSTANCES, watcher_bytes / INSTANCES, after["now"] - before["now"])
