"""Which exchange groups an instance reaches: reckoned from who is bridged with whom, not from what was announced."""

from __future__ import annotations

from collections.abc import Sequence

from tests.simulation.exchanges import SimulatedExchange

LONGEST = 8
"""Bridges, one behind another."""

Road = tuple[SimulatedExchange, SimulatedExchange]
"""Two exchanges that a bridge joins; it leads both ways."""

Paths = dict[str, set[tuple[str, ...]]]
"""By exchange group, each way to there: the groups that it leads through."""


def paths(home: SimulatedExchange, audience: str, roads: Sequence[Road]) -> Paths:
    """Return all paths by which an instance that lives in ``home`` may be seen, none of which enters a group twice."""
    is_seen_at_home = audience in ("*", home.group) and audience != ""
    found: Paths = {home.group: {()}} if is_seen_at_home else {}
    unfinished: list[tuple[str, ...]] = [(home.group,)]
    while unfinished:
        path = unfinished.pop()
        for near, far in [*roads, *((far, near) for near, far in roads)]:
            leads_on = near.group == path[-1] and (near is home or is_seen_at_home or len(path) > 1)
            may_enter = audience == "*" or (audience != "" and audience == far.group)
            known = found.get(far.group, set())
            if leads_on and may_enter and far.group not in path and len(path) <= LONGEST and path not in known:
                found[far.group] = {*known, path}
                unfinished.append((*path, far.group))
    return found
