"""Actions: callbacks that are due as jobs, whenever a cron line says, or when they are triggered, each under a name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import NamedTuple

from exchange import Timer
from exchange.netsvc.jobs import STANDARD_JOB
from exchange.netsvc.process import Process

CALLBACK_TRANSIENT = 0
CALLBACK_PERSISTENT = 1

Due = Callable[[str], object]


class Action(NamedTuple):
    """One action.

    Attributes:
        due: Is called with its name.
        stays: Whether it is there still when that was done.
        timer: Tells when, if a cron line does.
    """

    due: Due
    stays: bool
    timer: Timer | None = None


class Actions:
    """The actions of one agent."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._actions: dict[str, Action] = {}
        self._numbers = count(1)

    def schedule(self, due: Due, mode: int | str, name: str | None = None) -> str:
        """Have ``due`` called once, as a job of a class; or whenever a cron line says; return the name.

        Raises:
            ValueError: There is no such class, or the line cannot be understood; then nothing has changed.
        """
        name = name if name is not None else f"$ACTION:{next(self._numbers)}"
        if isinstance(mode, str):
            fire = partial(self.trigger, name, STANDARD_JOB)
            self._put(name, Action(due, True, self._process.schedule(mode, fire)))
        else:
            action = Action(due, False)
            self._process.loop.jobs.schedule(partial(self._run, name, action), mode)
            self._put(name, action)
        return name

    def subscribe(self, due: Due, mode: int, name: str | None = None) -> str:
        """Have ``due`` called when it is triggered: the next time, or each time; return the name."""
        name = name if name is not None else f"$ACTION:{next(self._numbers)}"
        self._put(name, Action(due, mode == CALLBACK_PERSISTENT))
        return name

    def trigger(self, name: str, kind: int) -> None:
        """Have an action called as a job of a class; one that is not there then is ignored.

        Raises:
            ValueError: There is no such class.
        """
        self._process.loop.jobs.schedule(lambda: self._run(name, self._actions.get(name)), kind)

    def cancel(self, name: str) -> None:
        """Forget an action, if it is there."""
        action = self._actions.pop(name, None)
        if action is not None and action.timer is not None:
            action.timer.cancel()

    def cancel_all(self) -> None:
        """Forget all actions."""
        for name in list(self._actions):
            self.cancel(name)

    def _put(self, name: str, action: Action) -> None:
        self.cancel(name)
        self._actions[name] = action

    def _run(self, name: str, action: Action | None) -> None:
        """Call back, unless the action was cancelled or replaced in this turn."""
        if action is not None and self._actions.get(name) is action:
            if not action.stays:
                self.cancel(name)
            action.due(name)
