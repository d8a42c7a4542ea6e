"""An agent: an object with timers and signals of its own."""

from __future__ import annotations

from functools import partial

from exchange.netsvc.arity import Callback, with_one
from exchange.netsvc.guarded import Guarded
from exchange.netsvc.jobs import PRIORITY_JOB
from exchange.netsvc.process import current
from exchange.netsvc.timers import Timers


class Agent(Guarded):
    """An object that can be called back after a time, or at a signal.

    A callback takes the name of the timer, or the number of the signal, or nothing. An
    exception in it is logged and stops nothing; `SystemExit` ends the program.

    Agents belong to the dispatcher until `destroyAgent`; it is not enough to forget them.
    """

    def __init__(self) -> None:
        self._netsvc_process = current()
        self._netsvc_loop = self._netsvc_process.loop
        self._netsvc_timers = Timers(self._netsvc_loop)

    # Timers

    def startTimer(self, callback: Callback, delay: float, name: str | None = None) -> str:
        """Have ``callback`` called once, after ``delay`` seconds; return the name of the timer.

        Args:
            name: A pending timer of this name is replaced; without one it gets a name of its own.
        """
        return self._netsvc_timers.start(lambda name: self._netsvc_tell(callback, name), delay, name)

    def cancelTimer(self, name: str) -> None:
        """Cancel a timer; nothing happens if it is not pending."""
        self._netsvc_timers.cancel(name)

    def cancelAllTimers(self, pattern: str | None = None) -> None:
        """Cancel all timers, or those whose names fit a pattern such as ``"poll.*"``."""
        self._netsvc_timers.cancel_all(pattern)

    def timerPending(self, name: str) -> bool:
        """Tell whether a timer of this name is pending."""
        return name in self._netsvc_timers

    # Signals

    def subscribeSignal(self, callback: Callback, num: int) -> None:
        """Have ``callback`` called at each signal ``num``; one callback for each signal, the last counts."""

        def told(number: int) -> None:
            self._netsvc_loop.jobs.schedule(partial(self._netsvc_tell, callback, number), PRIORITY_JOB)

        self._netsvc_loop.signals.subscribe(self, num, told)

    def unsubscribeSignal(self, num: int) -> None:
        """Call back no more at signal ``num``."""
        self._netsvc_loop.signals.unsubscribe(self, num)

    def unsubscribeAllSignals(self) -> None:
        """Call back at no signal any more."""
        self._netsvc_loop.signals.unsubscribe(self)

    # The end

    def destroyAgent(self) -> None:
        """Cancel and forget everything; to do so twice does nothing."""
        self.cancelAllTimers()
        self.unsubscribeAllSignals()

    def destroyReferences(self) -> None:
        """Do what `destroyAgent` does, under its older name."""
        self.destroyAgent()

    # In here

    def _netsvc_tell(self, callback: Callback, value: object) -> None:
        self._netsvc_loop.guard(self, lambda: callback(*with_one(callback, value)))
