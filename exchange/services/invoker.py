"""The invoker runs the methods of this process's services, and sends what came of them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import lru_cache, partial
from types import CoroutineType, NoneType
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger, LogLevel
from twisted.python.failure import Failure

from exchange.errors import (
    CallError,
    MethodUnavailable,
    Overloaded,
    RemoteError,
    ServiceWithdrawn,
    UnsuitableValue,
    WayGone,
)
from exchange.services.callbacks import pass_on, printable
from exchange.services.current import CURRENT, Begun, Fitted, outside_calls
from exchange.services.export import Export
from exchange.services.observing import Observer, Observing
from exchange.services.service import Service
from exchange.services.threads import has_begun, in_thread
from exchange.services.throttle import Stay, Throttle, Throttles
from exchange.wire.failures import failure_of
from exchange.wire.frames import Frame, body_of, reply_of
from exchange.wire.identities import readable
from exchange.wire.telling import plain, text_of, told
from exchange.wire.values import decode_request, encode_value

RunCoroutine = Callable[[Coroutine[Any, Any, Any]], Deferred[Any]]

Run = Callable[..., None]
"""Runs a method: takes its service, its export, the call, and its stay in a throttle if there is one."""

USUAL = frozenset({NoneType, bool, int, float, str, bytes, list, tuple, dict})
"""Types of results that are here at once, found sooner than what others are."""

MOST_NESTED = 32
"""How many methods may stand one in another, each called by the last in this process, before the stack is full."""


class Invoker:
    """Runs what a REQUEST asks for.

    A plain result is answered at once, a Deferred or a coroutine when it fires. What
    is refused before the method starts was not delivered; everything after was. Whatever
    a service does, its caller is told, and the link over which the call came stays.

    Args:
        answer: Takes the REPLY or FAILURE.
        run_coroutine: Runs a coroutine, and cancels it when its Deferred is cancelled.

    Attributes:
        observing: Those who observe the calls, if anybody does.
    """

    log = Logger()
    observing: Observing | None = None

    def __init__(
        self,
        answer: Callable[[Frame], None],
        reactor: Any,
        run_coroutine: RunCoroutine = Deferred.fromCoroutine,
    ) -> None:
        self._answer = answer
        self._reactor = reactor
        self._clock = reactor.seconds
        self._run_coroutine = run_coroutine
        self._services: dict[bytes | str, Service] = {}
        self._running: dict[bytes, tuple[Deferred[Any], bytes]] = {}
        self._queued: dict[bytes, tuple[Throttle | Throttles, bytes]] = {}
        self._nested = 0

    def __len__(self) -> int:
        return len(self._running) + len(self._queued)

    def add(self, thing: bytes | str, service: Service) -> None:
        """Take requests to the instance ``thing``, or to a name that is built in, which is ``service``."""
        self._services[thing] = service

    def remove(self, thing: bytes) -> None:
        """Take no more requests, and `end` those that are here."""
        self.end(thing)
        del self._services[thing]

    def end(self, thing: bytes) -> None:
        """Cancel what still runs, forget what waits for its turn, and tell the callers.

        A caller who is told of one call may cancel another.
        """
        with outside_calls():
            self._end(thing)

    def _end(self, thing: bytes) -> None:
        text = f"'{self._services[thing].name}' was withdrawn while it owed the answer"
        for call in [call for call, (_, owes) in self._queued.items() if owes == thing]:
            queued = self._queued.pop(call, None)
            if queued:
                queued[0].forget(call)
                self._fail(call, ServiceWithdrawn(text), delivered=False)
        for call in [call for call, (_, owes) in self._running.items() if owes == thing]:
            running = self._running.pop(call, None)
            if running:
                self._fail(call, ServiceWithdrawn(text), has_begun(running[0]))
                self._cancel(running[0])

    def observe(self, observer: Observer) -> None:
        """Have ``observer`` asked about each call that comes from now on."""
        if self.observing is None:
            self.observing = Observing(self._answer)
            self._answer = self.observing.answer
        self.observing.observers.append(observer)

    def request(self, frame: Frame) -> None:
        """Run the method that a REQUEST to an instance of ours asks for."""
        _, _, (to, name, _), raw = frame
        try:
            service = self._services.get(to)
            if service is None or self._nested >= MOST_NESTED:
                raise self._why_not(service)
            export = service.exports.get(name) or self._other(service, name)
            request = decode_request(body_of(raw))
            fitted = export.fit(request[0], request[1])
        except BaseException as error:
            self._refuse(frame, Failure(), error)
            return
        begun = (frame, request, fitted, self._clock, self._clock())
        run = self._run if self.observing is None else self._observed(service, begun)
        self._nested += 1
        try:
            if export.throttle is None:
                run(service, export, begun)
            else:
                self._queue(export.throttle, run, service, export, begun)
        finally:
            self._nested -= 1

    def cancel(self, frame: Frame) -> None:
        """Stop a method that runs, if it can be stopped; nobody waits for its answer."""
        call = frame[1]
        if self.observing is not None:
            self.observing.cancel(call)
        running = self._running.pop(call, None)
        if running:
            self._cancel(running[0])
        elif call in self._queued:
            self._queued.pop(call)[0].forget(call)

    def _why_not(self, service: Service | None) -> CallError:
        if service is None:
            return WayGone("the service was withdrawn before the call reached it")
        return Overloaded(f"{MOST_NESTED} methods of this process stand one in another, each called by the last")

    def _other(self, service: Service, name: str) -> Export:
        """Return what runs when ``name`` is called, which the service does not export itself."""
        export = service.common.get(name)
        if export is not None:
            return export
        function = service.unexported(name)
        if function is None:
            raise MethodUnavailable(f"service '{service.name}' exports no method '{name}'")
        return Export(name, function, throttle=service._throttle)

    def _refuse(self, frame: Frame, failure: Failure, error: BaseException) -> None:
        """Refuse a call, of which an observer sees what can be read of it."""
        _, call, (to, name, _), raw = frame
        if self.observing is not None:
            try:
                request = decode_request(body_of(raw))
            except UnsuitableValue:
                request = [], {}, {}
            self.observing.begin(self._name_of(to), (frame, request, ((), {}), self._clock, self._clock()))
        self._fail(call, self._raised(failure, error, to, name), delivered=False)

    def _observed(self, service: Service, begun: Begun) -> Run:
        """Show a call to those who observe; return what runs its method."""
        observing = self.observing
        assert observing is not None
        observing.begin(service.name or readable(begun[0][2][0]), begun)

        def run(service: Service, export: Export, begun: Begun, stay: Stay | None = None) -> None:
            observing.run(begun[0][1], partial(self._run, service, export, begun, stay))

        return run

    def _queue(self, throttle: Throttle | Throttles, run: Run, service: Service, export: Export, begun: Begun) -> None:
        _, call, (to, _, _), _ = begun[0]
        self._queued[call] = (throttle, to)

        def come_in(stay: Stay) -> None:
            self._queued.pop(call, None)
            run(service, export, begun, stay)

        try:
            throttle.enter(call, come_in)
        except CallError as error:
            del self._queued[call]
            self._fail(call, error, delivered=False)

    def _run(self, service: Service, export: Export, begun: Begun, stay: Stay | None = None) -> None:
        """Start a method; nothing that it raises gets out of here. Its ``stay`` ends when it has ended."""
        failure = later = None
        token = CURRENT.set(begun)
        try:
            if service.intercepts or export.is_threaded:
                result = self._start(service, export, begun[2], stay)
            else:  # the usual, in few steps
                args, kwargs = begun[2]
                result = export.function(*args, **kwargs) if kwargs else export.function(*args)
            kind: Any = type(result)
            if kind not in USUAL and _is_later(kind):
                later = result if isinstance(result, Deferred) else self._run_coroutine(result)
        except BaseException:
            failure = Failure()
        finally:
            CURRENT.reset(token)
        # Only now: what is told of the result belongs to this call no more.
        if failure is not None:
            self._end_raised(begun[0], failure, stay)
        elif later is not None:
            self._wait(begun[0], later, stay)
        else:
            try:
                self._reply(begun[0], result)
            finally:
                if stay:
                    stay.end()

    def _start(self, service: Service, export: Export, fitted: Fitted, stay: Stay | None) -> Any:
        args, kwargs = fitted
        function = partial(in_thread, self._reactor, stay, export.function) if export.is_threaded else export.function
        if service.intercepts and export.name not in service.common:
            return service.intercept(export.name, function, [*args], kwargs)
        return function(*args, **kwargs)

    def _end_raised(self, frame: Frame, failure: Failure, stay: Stay | None) -> None:
        _, call, (to, name, _), _ = frame
        if self.observing is not None:
            self.observing.raised(call, failure)
        try:
            self._fail(call, self._raised(failure, failure.value, to, name))
        finally:
            if stay:
                stay.end()
        pass_on(failure.value)

    def _wait(self, frame: Frame, running: Deferred[Any], stay: Stay | None) -> None:
        self._running[frame[1]] = (running, frame[2][0])
        about = (frame, running)
        running.addCallbacks(self._finished, self._failed, callbackArgs=about, errbackArgs=about)
        if stay:
            running.addBoth(_end_stay, stay)

    def _finished(self, result: Any, frame: Frame, running: Deferred[Any]) -> None:
        if self._settle(frame[1], running):
            with outside_calls():  # another method may have brought it about
                self._reply(frame, result)

    def _failed(self, failure: Failure, frame: Frame, running: Deferred[Any]) -> None:
        _, call, (to, name, _), _ = frame
        if self._settle(call, running):
            if self.observing is not None:
                self.observing.raised(call, failure)
            with outside_calls():
                self._fail(call, self._raised(failure, failure.value, to, name))
            pass_on(failure.value)
        elif not failure.check(CancelledError):
            self.log.failure("a method raised after its call had ended", failure)

    def _settle(self, call: bytes, running: Deferred[Any]) -> bool:
        """Whether somebody waits for what came of ``running``: after CANCEL, another call may have the number."""
        runs = self._running.get(call)
        if runs is None or runs[0] is not running:
            return False
        del self._running[call]
        return True

    def _reply(self, frame: Frame, result: Any) -> None:
        call = frame[1]
        try:
            body = encode_value(result, UnsuitableValue.CANNOT_ENCODE_REPLY)
        except UnsuitableValue as error:
            text = "what method '{method}' of service '{service}' returned cannot be sent; its caller was told: {error}"
            to, name, _ = frame[2]
            self.log.error(text, method=name, service=self._name_of(to), error=plain(str(error)))
            self._fail(call, error)
        except BaseException as error:
            to, name, _ = frame[2]
            self._fail(call, self._raised(Failure(), error, to, name))
            pass_on(error)
        else:
            self._answer(reply_of(call, body))

    def _fail(self, call: bytes, error: CallError, delivered: bool = True) -> None:
        try:
            error.delivered = delivered
            frame = failure_of(call, error)
        except BaseException:
            self.log.failure("a failure that a method meant to tell cannot be told; its caller was told so")
            text = "what the method raised cannot be told; the log of its service says why"
            frame = failure_of(call, RemoteError(text, delivered=delivered))
        self._answer(frame)

    def _raised(self, failure: Failure, error: BaseException | None, to: bytes, name: str) -> CallError:
        """Return what the caller is told; what a method did not mean to tell is logged here."""
        if isinstance(error, CallError) and not error.received:
            return error
        text = "method '{method}' of service '{service}' raised; its caller was told"
        self.log.failure(text, printable(failure), LogLevel.error, method=name, service=self._name_of(to))
        # What came back from a method that raised says already what was raised.
        return RemoteError(plain(text_of(error)) if isinstance(error, RemoteError) else told(error))

    def _name_of(self, thing: bytes) -> str:
        """Return the name of a service, which a method of it may have withdrawn."""
        service = self._services.get(thing)
        return service.name if service else readable(thing)

    def _cancel(self, running: Deferred[Any]) -> None:
        try:
            with outside_calls():
                running.cancel()
        except BaseException:
            self.log.failure("a method could not be cancelled")


def _end_stay(_: Any, stay: Stay) -> None:
    stay.end()


@lru_cache(maxsize=1024)
def _is_later(kind: Any) -> bool:
    """Whether results of this type come later; remembered, because Deferred answers slowly what is one."""
    return issubclass(kind, Deferred | CoroutineType)
