"""A service is a named object with methods that others may call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred, gatherResults

from exchange.services.current import current_call
from exchange.services.describe import describe, documentation_of
from exchange.services.description import digest_of
from exchange.services.export import Export, ExportOptions
from exchange.services.marking import check_thread, checked_name, mark_of, marked
from exchange.services.seconds import seconds_of
from exchange.services.throttle import MOST_WAITING, Throttle
from exchange.services.timers import Timer, Timers, Work
from exchange.wire.layouts import is_name
from exchange.wire.telling import shown

if TYPE_CHECKING:
    from exchange.services.exchange import Exchange
    from exchange.services.publisher import Subscriber

PING = "$ping"
DESCRIBE = "$describe"


class Service:
    """What one process offers to all others under a name.

    Subclass it, mark methods with `method`, and give an instance to `Exchange.add`.
    Several services may bear one name, in one process or in many.

    Attributes:
        name: What callers call it. With the empty name it can call, but is not found.
        groups: The service groups that it is in when it is added.
        audience: How far it is known: ``"*"`` everywhere, empty in this process only,
            else in the exchange group of that name.
        hidden: Whether nobody may find it; it can call all the same.
        limit: How many calls of its methods run at once, at most; ``None`` is any number.
        queue: How many more may wait for their turn, at most; what is above that is refused by `Overloaded`.
        intercepts: Whether its class has an `intercept` of its own.
    """

    name: str = ""
    groups: Sequence[str] = ()
    audience: str = "*"
    hidden: bool = False
    limit: int | None = None
    queue: int = MOST_WAITING
    intercepts: bool = False

    _exchanges: tuple[Exchange, ...] = ()
    _described: tuple[dict[str, Any], bytes] | None = None

    def __init_subclass__(cls) -> None:
        """Refuse methods for others that would hide what every service has.

        Raises:
            TypeError: There is one.
        """
        super().__init_subclass__()
        cls.intercepts = cls.intercept is not Service.intercept
        for attribute in vars(cls):
            if hasattr(Service, attribute) and mark_of(cls, attribute) is not None:
                mend = f"name it otherwise and write @method(name='{attribute}')"
                raise TypeError(f"{cls.__name__}.{attribute} would hide what every service has under this name; {mend}")

    @property
    def exchange(self) -> Exchange:
        """The exchange that it was added to; the first, if to several.

        Raises:
            RuntimeError: It was added to none.
        """
        if not self._exchanges:
            raise RuntimeError(f"service '{self.name}' was not added to an exchange; call exchange.add(service) first")
        return self._exchanges[0]

    @cached_property
    def exports(self) -> dict[str, Export]:
        """The methods that others may call, by the names under which they may.

        Raises:
            ValueError: The class exports two methods under one name, or its limit or queue cannot be one.
        """
        return marked(self, self.name, self._throttle)

    @cached_property
    def _throttle(self) -> Throttle | None:
        """What lets in so many calls as its ``limit`` says; ``None`` if it has none.

        Raises:
            ValueError: The limit or the queue cannot be one.
        """
        return None if self.limit is None else Throttle(self.limit, self.queue, f"service '{self.name}'")

    @cached_property
    def common(self) -> dict[str, Export]:
        """The methods that every service has; their names begin with ``$``."""
        answers: dict[str, Callable[[], Any]] = {PING: _ping, DESCRIBE: lambda: self.description}
        return {name: Export(name, function) for name, function in answers.items()}

    @property
    def description(self) -> dict[str, Any]:
        """What it offers, as plain data; see `Exchange.describe`. Do not change it."""
        return self._describe()[0]

    @property
    def digest(self) -> bytes:
        """The digest of its description, which is announced."""
        return self._describe()[1]

    def export(
        self,
        function: Callable[..., Any],
        name: str | None = None,
        *,
        check: bool = False,
        limit: int | None = None,
        thread: bool = False,
        idempotent: bool = False,
    ) -> None:
        """Let others call ``function``, under its own name or under ``name``; the last of one name counts.

        It may be done at any time; what changed is announced. The options are those of `method`.

        Raises:
            TypeError: It cannot be called, or has no name of its own and none was given; or it is
                a coroutine function, and is to run in a thread.
            ValueError: The name cannot be one, an annotation cannot be checked, or the
                description would be too large.
        """
        exported_name = name or getattr(function, "__name__", None)
        if not callable(function) or not isinstance(exported_name, str):
            raise TypeError(f"{function!r} cannot be exported: it must be callable and have a name")
        check_thread(function, exported_name, thread)
        options = ExportOptions(check, limit, thread, idempotent)
        export = Export(checked_name(exported_name), function, options, self.name, self._throttle)
        self._reexport({**self.exports, exported_name: export})

    def _reexport(self, exports: dict[str, Export]) -> None:
        before, self.exports, self._described = self.exports, exports, None
        try:
            for exchange in self._exchanges:
                exchange.announce(self)
        except ValueError:
            self.exports, self._described = before, None
            raise

    def _describe(self) -> tuple[dict[str, Any], bytes]:
        """Return the description and its digest, made when first wanted."""
        if self._described is None:
            documentation = documentation_of(type(self), Service)
            plain, packed = describe(self.name, documentation, self.exports.values())
            self._described = plain, digest_of(packed)
        return self._described

    def prepare(self) -> Any:
        """Get ready, when it is added to an exchange; for subclasses. Here timers can be started.

        Returns:
            Nothing, or a Deferred or coroutine: it is announced, and can be called, when
            that is done. What it raises is logged, and then it is not announced.
        """

    def unexported(self, name: str) -> Callable[..., Any] | None:
        """Return what runs when ``name`` is called, which is not exported; ``None``, as here, refuses the call."""
        return None

    def intercept(self, name: str, function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Stand round every method that others call; for subclasses, which call ``function`` or refuse.

        Its result is the method's: a value, a Deferred or a coroutine. Of a method that
        runs in a thread, ``function`` returns a Deferred; this here is not in the thread.
        """
        return function(*args, **kwargs)

    def forward(self, to: str | bytes, method: str | None = None) -> Deferred[Any]:
        """Pass the call that the running method answers on to another service, and return what comes of it.

        The arguments go as they came, with what is left of the time. A failure is handed
        back as it is, but for ``delivered``, which is true because this method started.

        Args:
            method: The name there; left out, the name here.

        Raises:
            LookupError: No method of this service runs.
        """
        return self.exchange.forward(current_call(), to, method)

    def join(self, group: str) -> None:
        """Join a service group, at any time; to join one twice is nothing new.

        Raises:
            ValueError: The name of the group cannot be one.
        """
        if not group or not is_name(group):
            rule = "it must be text without control characters, not empty and not begun with '$'"
            raise ValueError(f"no service group can be named {shown(group)}: {rule}")
        if group not in self.groups:
            self._regroup((*self.groups, group))

    def leave(self, group: str) -> None:
        """Leave a service group, at any time; to leave one that was not joined does nothing."""
        if group in self.groups:
            self._regroup(tuple(other for other in self.groups if other != group))

    def _regroup(self, groups: tuple[str, ...]) -> None:
        before, self.groups = self.groups, groups
        try:
            for exchange in self._exchanges:
                exchange.announce(self)
        except ValueError:
            self.groups = before
            raise

    # Reports

    def publish(self, subject: str, content: Any, lifetime: float = 0) -> Deferred[None]:
        """Publish a report on a subject, to all who subscribed, wherever they are.

        Args:
            lifetime: Seconds for which it is kept for those who subscribe later. 0 keeps
                nothing, and clears what was kept on the subject; negative is for ever.

        Returns:
            A Deferred that fires when the report has left this process, for those who
            must not run ahead. It needs not be waited for.

        Raises:
            UnsuitableValue: The content cannot be sent.
            ValueError: The subject cannot be one.
            RuntimeError: The service was not added to an exchange.
        """
        if not self._exchanges:
            raise RuntimeError(f"service '{self.name}' was not added to an exchange, so nobody can hear it")
        if len(self._exchanges) == 1:
            return self._exchanges[0].publish(self, subject, content, lifetime)
        return _all([exchange.publish(self, subject, content, lifetime) for exchange in self._exchanges])

    def send_report(self, subscriber: Subscriber, subject: str, content: Any) -> None:
        """Send a report to one subscriber, whatever its pattern; it is neither counted nor kept.

        Raises:
            ValueError: It does not subscribe to this service any more, or the subject cannot be one.
        """
        for exchange in self._exchanges:
            if subscriber in exchange.subscribers(self):
                exchange.send_report(self, subscriber, subject, content)
                return
        raise ValueError(f"{subscriber} does not subscribe to '{self.name}'")

    def subscribers(self) -> list[Subscriber]:
        """Return who subscribes to this service."""
        return [each for exchange in self._exchanges for each in exchange.subscribers(self)]

    def subscribed(self, subscriber: Subscriber) -> None:
        """Somebody subscribed, and was shown what is kept; for subclasses."""

    def unsubscribed(self, subscriber: Subscriber) -> None:
        """Somebody subscribes no more; for subclasses."""

    def expire(self, pattern: str = "*", age: float = 0) -> int:
        """Forget kept reports that are ``age`` seconds old or older, whatever their lifetime; return how many."""
        least = seconds_of(age, "the age of a report")
        return sum(exchange.retained(self).expire(pattern, least) for exchange in self._exchanges)

    def purge(self) -> int:
        """Forget kept reports whose lifetime is over, to have their memory back; return how many."""
        return sum(exchange.retained(self).purge() for exchange in self._exchanges)

    # Timers

    def call_later(self, seconds: float, function: Callable[..., Any], /, *args: Any) -> Timer:
        """Call ``function(*args)`` once, after some seconds.

        This and the three that follow need an exchange: start them in `prepare`, or later.
        The function may return a Deferred or be a coroutine function. What it raises is
        logged. When the service is removed or its exchange stops, all its timers end, and
        what they run is cancelled. Of several exchanges the first counts.

        Returns:
            A `Timer`, which has ``cancel()`` and ``is_active``.

        Raises:
            RuntimeError: The service was not added to an exchange, or that was stopped.
            ValueError: There is no such delay.
        """
        return _timers_of(self).call_later(seconds, Work(self, function, args))

    def call_every(self, seconds: float, function: Callable[..., Any], /, *args: Any) -> Timer:
        """Call ``function(*args)`` again and again, first after ``seconds``; else as `call_later`.

        The times are multiples of ``seconds`` from now on, however long each run takes; a run
        that is due while the one before it goes on is left out.
        """
        return _timers_of(self).call_every(seconds, Work(self, function, args))

    def call_at(self, moment: datetime, function: Callable[..., Any], /, *args: Any) -> Timer:
        """Call ``function(*args)`` once, at a time of day, or at once if that is past; else as `call_later`.

        Raises:
            ValueError: The moment has no time zone.
        """
        return _timers_of(self).call_at(moment, Work(self, function, args))

    def schedule(self, line: str, function: Callable[..., Any], /, *args: Any, zone: tzinfo | None = None) -> Timer:
        """Call ``function(*args)`` whenever a cron line such as ``*/5 * * * *`` says; else as `call_later`.

        A run that is due while the one before it goes on is left out.

        Args:
            line: Minute, hour, day of month, month and day of week; or ``@hourly``,
                ``@daily``, ``@weekly``, ``@monthly``, ``@yearly``.
            zone: Where the clock hangs that shows these times; left out, the local time zone.

        Raises:
            ValueError: The line cannot be understood; it tells the field and the mend.
        """
        return _timers_of(self).schedule(line, zone, Work(self, function, args))


def _timers_of(service: Service) -> Timers:
    if not service._exchanges:
        mend = "start timers in prepare(), which is called when the service is added, or later"
        raise RuntimeError(f"service '{service.name}' was not added to an exchange, so it has no timers; {mend}")
    return service._exchanges[0].timers


def _all(written: list[Deferred[None]]) -> Deferred[None]:
    return gatherResults(written, consumeErrors=True).addCallback(lambda _: None)


def _ping() -> None:
    """Answer, and nothing else."""
