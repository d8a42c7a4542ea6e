"""The choice: which of several instances of one name takes a call (R7).

The one that owes fewest answers; one behind another hub counts as if it owed four
more; in turn when equal. An instance whose last calls ended only by CANCEL comes
last until it answers. Those behind a congested or leaving port are left out; whether
there were any is asked only when nobody is left, because the caller then hears a
different failure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from exchange.routing.port import Port
from exchange.routing.registry import Instance

FAR_AWAY = 4
_HIGHEST = (True, 0, 0)

Reaches = Callable[[Port, Instance], bool]
"""Whether a request from a port may go to an instance."""


class LeftOut(NamedTuple):
    """Whether there were instances behind a congested port, or behind a leaving one."""

    congested: bool
    leaving: bool


def choose(instances: Sequence[Instance], source: Port, reaches: Reaches) -> Instance | None:
    """Choose among ``instances`` those which a request from ``source`` reaches."""
    best: Instance | None = None
    lowest = _HIGHEST
    for instance in instances:
        port = instance.way.port
        if port.leaving or port.congested or not reaches(source, instance):
            continue
        weight = (instance.silent, instance.owing + FAR_AWAY * port.is_hub, instance.turn)
        if best is None or weight < lowest:
            best, lowest = instance, weight
    return best


def left_out(instances: Sequence[Instance], source: Port, reaches: Reaches) -> LeftOut:
    """Return why `choose` left some out, of those which a request from ``source`` reaches."""
    ports = [instance.way.port for instance in instances if reaches(source, instance)]
    return LeftOut(any(port.congested and not port.leaving for port in ports), any(port.leaving for port in ports))
