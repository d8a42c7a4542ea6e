"""The choice: which of several instances of one name takes a call (R7).

The one that owes fewest answers; one behind another hub counts as if it owed four
more; in turn when equal. An instance whose last calls ended only by CANCEL comes
last until it answers. Those behind a congested or leaving port are left out, and
it is told whether there were any, because the caller hears a different failure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from exchange.routing.port import Port
from exchange.routing.registry import Instance

FAR_AWAY = 4


class Choice(NamedTuple):
    """The instance chosen; if none, whether congested or leaving ones were left out."""

    instance: Instance | None
    congested: bool = False
    leaving: bool = False


def choose(instances: Sequence[Instance], source: Port, reaches: Callable[[Port, Instance], bool]) -> Choice:
    """Choose among ``instances``, those which a request from ``source`` reaches."""
    best: Instance | None = None
    lowest: tuple[bool, int, int] | None = None
    congested = leaving = False
    for instance in instances:
        port = instance.way.port
        if not reaches(source, instance):
            continue
        if port.leaving:
            leaving = True
        elif port.congested:
            congested = True
        else:
            weight = (instance.silent, instance.owing + FAR_AWAY * port.is_hub, instance.turn)
            if lowest is None or weight < lowest:
                best, lowest = instance, weight
    return Choice(best, congested, leaving)
