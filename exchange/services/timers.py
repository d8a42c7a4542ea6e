"""Timers run functions of a service later: once, again and again, or when a clock shows a time.

A timer has a *rhythm*, which tells when it is due, and a function. It sleeps until
the rhythm says that it is time, moves the rhythm on, and only then runs the function,
so that nothing the function does can stop the rhythm. All timers of a service end
with it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime, tzinfo
from math import floor, inf
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.python.failure import Failure

from exchange.services.callbacks import Callbacks
from exchange.services.cron import Cron
from exchange.services.current import CURRENT
from exchange.services.seconds import seconds_of
from exchange.wire.telling import shown

if TYPE_CHECKING:
    from exchange.services.service import Service

SHORTEST_INTERVAL = 0.001
"""Seconds between two runs of what is called again and again: with less, the process would do nothing else."""

LONGEST_SLEEP = 60.0
"""Seconds after which those who wait for a time of day look again: the clock may have been put forward."""


class Rhythm(Protocol):
    """When a timer is due.

    Attributes:
        due: The next time, in seconds of the reactor's clock; ``None`` when there is no other.
        longest_sleep: Seconds after which one must look again.
    """

    due: float | None
    longest_sleep: float

    def move_on(self, now: float) -> None:
        """It was due, and is now ``now``: set ``due`` to what comes after that."""


class Once:
    """Due once."""

    def __init__(self, due: float, longest_sleep: float = inf) -> None:
        self.due: float | None = due
        self.longest_sleep = longest_sleep

    def move_on(self, now: float) -> None:
        """There is no other time."""
        self.due = None


class Every:
    """Due at every multiple of an interval from the start on, however late each run was."""

    longest_sleep = inf

    def __init__(self, start: float, interval: float) -> None:
        self._start = start
        self._interval = interval
        self._count = 1
        self.due: float | None = start + interval

    def move_on(self, now: float) -> None:
        """Go to the next multiple, at least one further: divisions are not exact."""
        self._count = max(self._count, floor((now - self._start) / self._interval)) + 1
        self.due = self._start + self._count * self._interval


class OnTheClock:
    """Due when a clock in a time zone shows one of the minutes of a cron line."""

    longest_sleep = LONGEST_SLEEP

    def __init__(self, now: float, cron: Cron, zone: tzinfo | None) -> None:
        self._cron = cron
        self._zone = zone
        self.due: float | None = cron.next_after(now, zone)

    def move_on(self, now: float) -> None:
        """Go to the next such minute; those that were missed are made up for by the one run."""
        self.due = self._cron.next_after(now, self._zone)


class Work(NamedTuple):
    """What a timer runs, and for whom."""

    service: Service
    function: Callable[..., Any]
    args: tuple[Any, ...]


class Timer:
    """Something that a service will run; see `Service.call_later` and those after it.

    Attributes:
        service: Whose it is.
    """

    def __init__(self, owner: Timers, rhythm: Rhythm, work: Work) -> None:
        self._owner = owner
        self._rhythm = rhythm
        self._work = work
        self.service = work.service
        self._sleep: IDelayedCall | None = None
        self._running: Deferred[Any] | None = None
        self._is_ended = False
        self._go_to_sleep()

    @property
    def is_active(self) -> bool:
        """Whether it is still to run, once at least."""
        return self._sleep is not None

    @property
    def is_over(self) -> bool:
        """Whether it neither runs nor will run."""
        return self._sleep is None and self._running is None

    def cancel(self) -> None:
        """Run it no more. What runs already goes on; to cancel it twice does nothing."""
        sleep, self._sleep = self._sleep, None
        if sleep is not None:
            sleep.cancel()
        self._owner.look_at(self)

    def end(self) -> None:
        """Cancel it, and what it runs too; but not if that is what ends it."""
        self._is_ended = True
        self.cancel()
        if self._running is not None and RUNNING.get() is not self:
            try:
                self._running.cancel()
            except BaseException:
                self._log_failure(Failure())

    def _go_to_sleep(self) -> None:
        due = self._rhythm.due
        if due is None:
            self._sleep = None
            return
        reactor = self._owner.reactor
        seconds = min(max(0.0, due - reactor.seconds()), self._rhythm.longest_sleep)
        self._sleep = reactor.callLater(seconds, self._wake_up)

    def _wake_up(self) -> None:
        now = self._owner.reactor.seconds()
        is_time = self._rhythm.due is not None and self._rhythm.due <= now
        if is_time:
            self._rhythm.move_on(now)
        self._go_to_sleep()
        if is_time and self._running is None:
            self._run()

    def _run(self) -> None:
        running, current = RUNNING.set(self), CURRENT.set(None)
        try:
            self._running = self._owner.callbacks.begin(self._work.function, *self._work.args)
        finally:
            CURRENT.reset(current)
            RUNNING.reset(running)
        self._running.addErrback(self._log_failure).addBoth(self._has_run)

    def _has_run(self, _: Any) -> None:
        self._running = None
        self._owner.look_at(self)

    def _log_failure(self, failure: Failure) -> None:
        if not (self._is_ended and failure.check(CancelledError)):
            whose = f"{_name_of(self._work.function)}, run by a timer of service '{self.service.name}',"
            self._owner.callbacks.raised(whose, failure)


RUNNING: ContextVar[Timer | None] = ContextVar("exchange-running-timer", default=None)
"""The timer whose function runs; in a coroutine after each ``await`` too."""


class Timers:
    """The timers of all services of an exchange.

    Args:
        title: What people call the exchange.
        reactor: Its clock tells the time of day, too.
        callbacks: Runs the functions.
    """

    def __init__(self, title: str, reactor: Any, callbacks: Callbacks) -> None:
        self.reactor = reactor
        self.callbacks = callbacks
        self._title = title
        self._timers: dict[Service, dict[Timer, None]] = {}
        self._is_stopped = False

    def call_later(self, seconds: float, work: Work) -> Timer:
        """See `Service.call_later`."""
        delay = seconds_of(seconds, "the delay of a timer", 0)
        return self._begin(Once(self.reactor.seconds() + delay), work)

    def call_every(self, seconds: float, work: Work) -> Timer:
        """See `Service.call_every`."""
        interval = seconds_of(seconds, "the interval of a timer", SHORTEST_INTERVAL)
        return self._begin(Every(self.reactor.seconds(), interval), work)

    def call_at(self, moment: datetime, work: Work) -> Timer:
        """See `Service.call_at`."""
        mend = "give a datetime with a zone, or use call_later() for a number of seconds"
        _check_type(moment, datetime, f"is not a time of day; {mend}")
        if moment.utcoffset() is None:
            mend = "add one, as in moment.astimezone() for the local one, or moment.replace(tzinfo=timezone.utc)"
            raise ValueError(f"{moment.isoformat(' ')} has no time zone, so nobody knows when it is; {mend}")
        return self._begin(Once(moment.timestamp(), LONGEST_SLEEP), work)

    def schedule(self, line: str, zone: tzinfo | None, work: Work) -> Timer:
        """See `Service.schedule`."""
        _check_type(line, str, "is not a cron line; give text, as in '*/5 * * * *'")
        if zone is not None and not isinstance(zone, tzinfo):
            raise TypeError(f"{zone!r} is not a time zone; give zoneinfo.ZoneInfo({zone!r})")
        return self._begin(OnTheClock(self.reactor.seconds(), Cron(line), zone), work)

    def look_at(self, timer: Timer) -> None:
        """Forget a timer if it is over; it calls this itself."""
        if timer.is_over:
            self._timers.get(timer.service, {}).pop(timer, None)

    def end(self, service: Service) -> None:
        """End the timers of a service."""
        for timer in self._timers.pop(service, {}):
            timer.end()

    def stop(self) -> None:
        """End all timers, and start no other until `resume`."""
        self._is_stopped = True
        for service in list(self._timers):
            self.end(service)

    def resume(self) -> None:
        """Let timers be started again."""
        self._is_stopped = False

    def _begin(self, rhythm: Rhythm, work: Work) -> Timer:
        if not callable(work.function):
            raise TypeError(f"{work.function!r} cannot be called by a timer; give a function, and then its arguments")
        if self._is_stopped:
            raise RuntimeError(f"{self._title} was stopped, so its services have no timers until it is started again")
        timer = Timer(self, rhythm, work)
        self._timers.setdefault(work.service, {})[timer] = None
        return timer


def _check_type(given: Any, kind: type, text: str) -> None:
    if not isinstance(given, kind):
        raise TypeError(f"{shown(given)} {text}")


def _name_of(function: Callable[..., Any]) -> str:
    return getattr(function, "__qualname__", None) or repr(function)
