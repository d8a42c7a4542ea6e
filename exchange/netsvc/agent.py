"""An agent: an object with timers, alarms, actions, sockets and signals of its own."""

from __future__ import annotations

from functools import partial

from exchange.netsvc.actions import CALLBACK_TRANSIENT, Actions
from exchange.netsvc.arity import Callback, of_shutdown, of_socket, with_one
from exchange.netsvc.dispatcher import Job
from exchange.netsvc.guarded import Guarded
from exchange.netsvc.jobs import PRIORITY_JOB, STANDARD_JOB
from exchange.netsvc.process import current
from exchange.netsvc.sockets import SOCKET_POLLIN, Sockets
from exchange.netsvc.timers import Timers


class Agent(Guarded):
    """An object that can be called back: after a time or at one, as a job, at a signal, when a file is ready.

    A callback takes the name of the timer, alarm or action, or the number of the signal, or nothing. An
    exception in it is logged and stops nothing; `SystemExit` ends the program.

    Agents belong to the dispatcher until `destroyAgent`; it is not enough to forget them.
    """

    def __init__(self) -> None:
        self._netsvc_process = current()
        self._netsvc_loop = self._netsvc_process.loop
        self._netsvc_timers = Timers(self._netsvc_loop)
        self._netsvc_alarms = Timers(self._netsvc_loop, "$ALARM")
        self._netsvc_actions = Actions(self._netsvc_process)
        self._netsvc_sockets = Sockets(self._netsvc_process.reactor)
        self._netsvc_startup: Callback | None = None

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

    # Alarms

    def setAlarm(self, callback: Callback, time: float, name: str | None = None) -> str:
        """Have ``callback`` called once, at a time in seconds since 1970; return the name of the alarm.

        Args:
            name: An alarm of this name is replaced; without one it gets a name of its own.
        """
        return self._netsvc_alarms.start_at(lambda name: self._netsvc_tell(callback, name), time, name)

    def cancelAlarm(self, name: str) -> None:
        """Cancel an alarm; nothing happens if it is not pending."""
        self._netsvc_alarms.cancel(name)

    def cancelAllAlarms(self) -> None:
        """Cancel all alarms."""
        self._netsvc_alarms.cancel_all()

    def alarmPending(self, name: str) -> bool:
        """Tell whether an alarm of this name is pending."""
        return name in self._netsvc_alarms

    # Jobs and actions

    def scheduleJob(self, job: Job, type: int) -> None:
        """Have a job done in a later turn, as `Dispatcher.schedule` does."""
        self._netsvc_loop.jobs.schedule(job.execute, type)

    def scheduleAction(self, callback: Callback, mode: int | str = STANDARD_JOB, name: str | None = None) -> str:
        """Have ``callback`` called in a later turn, or whenever a cron line says; return the name of the action.

        Args:
            mode: ``IDLE_JOB``, ``STANDARD_JOB`` or ``PRIORITY_JOB``; or five fields: minute, hour, day
                of month, month, day of week, such as ``"*/5 * * * mon-fri"``, until it is cancelled.
            name: An action of this name is replaced; without one it gets a name of its own.

        Raises:
            ValueError: There is no such class of job, or the line cannot be understood.
        """
        return self._netsvc_actions.schedule(lambda name: self._netsvc_tell(callback, name), mode, name)

    def subscribeAction(self, callback: Callback, mode: int = CALLBACK_TRANSIENT, name: str | None = None) -> str:
        """Have ``callback`` called when the action is triggered; return its name.

        Args:
            mode: ``CALLBACK_TRANSIENT`` is the next time, ``CALLBACK_PERSISTENT`` each time.
            name: An action of this name is replaced; without one it gets a name of its own.
        """
        return self._netsvc_actions.subscribe(lambda name: self._netsvc_tell(callback, name), mode, name)

    def triggerAction(self, name: str, type: int) -> None:
        """Trigger an action, as a job of a class; one that is not there is ignored."""
        self._netsvc_actions.trigger(name, type)

    def cancelAction(self, name: str) -> None:
        """Cancel an action; nothing happens if it is not there."""
        self._netsvc_actions.cancel(name)

    def cancelAllActions(self) -> None:
        """Cancel all actions."""
        self._netsvc_actions.cancel_all()

    # Sockets

    def subscribeSocket(self, callback: Callback, fileno: int, event: int = SOCKET_POLLIN) -> None:
        """Have ``callback`` called when a file can be read or written: ``()``, ``(fileno)`` or ``(fileno, event)``.

        It is called at once, again and again, until it has read what there is. When the far end is
        gone it is called with ``SOCKET_POLLHUP``, for the last time.

        Args:
            event: ``SOCKET_POLLIN``, ``SOCKET_POLLOUT``, or both.

        Raises:
            ValueError: There is no such event.
        """

        def ready(number: int, happened: int) -> None:
            self._netsvc_loop.guard(self, lambda: callback(*of_socket(callback, number, happened)))

        self._netsvc_sockets.subscribe(ready, fileno, event)

    def unsubscribeSocket(self, fileno: int, event: int = ~0) -> None:
        """Watch a file no more."""
        self._netsvc_sockets.unsubscribe(fileno, event)

    def unsubscribeAllSockets(self) -> None:
        """Watch no file any more."""
        self._netsvc_sockets.unsubscribe_all()

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

    # Beginning and end of the program

    def scheduleStartup(self) -> None:
        """Have the callback for the startup of this agent called, in a later turn."""
        self.scheduleAction(self._netsvc_start_up)

    def subscribeStartup(self, callback: Callback) -> None:
        """Have ``callback()`` called once, after `scheduleStartup`; the last one counts."""
        self._netsvc_startup = callback

    def unsubscribeStartup(self) -> None:
        """Forget the callback for the startup."""
        self._netsvc_startup = None

    def scheduleShutdown(self, delay: float = 0.0) -> None:
        """End the program in good order after some seconds; see `Dispatcher.shutdown`."""
        self._netsvc_loop.shut_down(delay)

    def subscribeShutdown(self, callback: Callback) -> None:
        """Have ``callback`` told of the end: ``(category)`` or ``(category, description)``.

        It is told ``SHUTDOWN_PENDING`` when the end was asked for, and ``SHUTDOWN_ARRIVED`` when it comes.
        """

        def told(category: int, description: str) -> None:
            self._netsvc_loop.guard(self, lambda: callback(*of_shutdown(callback, category, description)))

        self._netsvc_loop.shutdown.subscribe(self, told)

    def unsubscribeShutdown(self) -> None:
        """Tell of the end no more."""
        self._netsvc_loop.shutdown.unsubscribe(self)

    def suspendShutdown(self) -> None:
        """Hold the end up, until `resumeShutdown` was called as often."""
        self._netsvc_loop.shutdown.suspend()

    def resumeShutdown(self) -> None:
        """Take back one `suspendShutdown`."""
        self._netsvc_loop.shutdown.resume()

    # The end

    def destroyAgent(self) -> None:
        """Cancel and forget everything; to do so twice does nothing."""
        self.cancelAllTimers()
        self.cancelAllAlarms()
        self.cancelAllActions()
        self.unsubscribeAllSockets()
        self.unsubscribeAllSignals()
        self.unsubscribeStartup()
        self.unsubscribeShutdown()

    def destroyReferences(self) -> None:
        """Do what `destroyAgent` does, under its older name."""
        self.destroyAgent()

    # In here

    def _netsvc_start_up(self) -> None:
        startup, self._netsvc_startup = self._netsvc_startup, None
        if startup is not None:
            startup()

    def _netsvc_tell(self, callback: Callback, value: object) -> None:
        self._netsvc_loop.guard(self, lambda: callback(*with_one(callback, value)))
