"""The invoker runs the methods of this process's services, and sends what came of them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextvars import copy_context
from functools import partial
from types import CoroutineType
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.failure import Failure

from exchange.errors import CallError, MethodUnavailable, RemoteError, ServiceWithdrawn, UnsuitableValue, WayGone
from exchange.services.current import CURRENT, CurrentCall
from exchange.services.export import Export
from exchange.services.service import Service
from exchange.services.throttle import Stay, Throttle
from exchange.wire.failures import failure_of
from exchange.wire.frames import Frame, body_of, encode
from exchange.wire.layouts import Kind
from exchange.wire.values import decode_request, encode_value

RunCoroutine = Callable[[Coroutine[Any, Any, Any]], Deferred[Any]]

REPLY = Kind.REPLY


class Invoker:
    """Runs what a REQUEST asks for.

    A plain result is answered at once, a Deferred or a coroutine when it fires. What
    is refused before the method starts was not delivered; everything after was.

    Args:
        answer: Takes the REPLY or FAILURE.
        run_coroutine: Runs a coroutine, and cancels it when its Deferred is cancelled.
    """

    log = Logger()

    def __init__(
        self,
        answer: Callable[[Frame], None],
        reactor: Any,
        run_coroutine: RunCoroutine = Deferred.fromCoroutine,
    ) -> None:
        self._answer = answer
        self._reactor = reactor
        self._run_coroutine = run_coroutine
        self._services: dict[bytes, Service] = {}
        self._running: dict[bytes, tuple[Deferred[Any], bytes]] = {}
        self._queued: dict[bytes, tuple[Throttle, bytes]] = {}

    def __len__(self) -> int:
        return len(self._running) + len(self._queued)

    def add(self, thing: bytes, service: Service) -> None:
        """Take requests to the instance ``thing``, which is ``service``."""
        self._services[thing] = service

    def remove(self, thing: bytes) -> None:
        """Take no more requests, and `end` those that are here."""
        self.end(thing)
        del self._services[thing]

    def end(self, thing: bytes) -> None:
        """Cancel what still runs, forget what waits for its turn, and tell the callers.

        A caller who is told of one call may cancel another.
        """
        text = f"'{self._services[thing].name}' was withdrawn while it owed the answer"
        for call in [call for call, (_, owes) in self._queued.items() if owes == thing]:
            queued = self._queued.pop(call, None)
            if queued:
                queued[0].forget(call)
                self._answer(failure_of(call, ServiceWithdrawn(text, delivered=False)))
        for call in [call for call, (_, owes) in self._running.items() if owes == thing]:
            running = self._running.pop(call, None)
            if running:
                self._fail(call, ServiceWithdrawn(text))
                self._cancel(running[0])

    def request(self, frame: Frame) -> None:
        """Run the method that a REQUEST to an instance of ours asks for."""
        _, call, (to, name, _), raw = frame
        try:
            service = self._find(to)
            export = self._export(service, name)
            request = decode_request(body_of(raw))
            fitted = export.fit(request[0], request[1])
            current = CurrentCall(frame, request, self._reactor.seconds, fitted)
            if export.throttle is None:
                self._run(service, export, current)
            else:
                self._queue(export.throttle, service, export, current)
        except CallError as error:
            error.delivered = False
            self._answer(failure_of(call, error))

    def cancel(self, frame: Frame) -> None:
        """Stop a method that runs, if it can be stopped; nobody waits for its answer."""
        call = frame[1]
        running = self._running.pop(call, None)
        if running:
            self._cancel(running[0])
        elif call in self._queued:
            self._queued.pop(call)[0].forget(call)

    def _find(self, to: bytes) -> Service:
        service = self._services.get(to)
        if service is None:
            raise WayGone("the service was withdrawn before the call reached it")
        return service

    def _export(self, service: Service, name: str) -> Export:
        export = service.exports.get(name) or service.common.get(name)
        if export is not None:
            return export
        function = service.unexported(name)
        if function is None:
            raise MethodUnavailable(f"service '{service.name}' exports no method '{name}'")
        return Export(name, function)

    def _queue(self, throttle: Throttle, service: Service, export: Export, current: CurrentCall) -> None:
        self._queued[current.id] = (throttle, current.answering)

        def run(stay: Stay) -> None:
            self._queued.pop(current.id, None)
            self._run(service, export, current, stay)

        try:
            throttle.enter(current.id, run)
        except CallError:
            del self._queued[current.id]
            raise

    def _run(self, service: Service, export: Export, current: CurrentCall, stay: Stay | None = None) -> None:
        """Start a method; nothing that it raises gets out of here. Its ``stay`` ends when it has ended."""
        call, failure = current.id, None
        token = CURRENT.set(current)
        try:
            result = self._start(service, export, current, stay)
        except BaseException:
            failure = Failure()
        finally:
            CURRENT.reset(token)
        # Only now: what is told of the result belongs to this call no more.
        if failure is not None:
            self._end_raised(call, failure, stay)
        elif isinstance(result, Deferred):
            self._running[call] = (result, current.answering)
            result.addCallbacks(self._finished, self._failed, callbackArgs=(call,), errbackArgs=(call,))
            if stay:
                result.addBoth(_end_stay, stay)
        else:
            self._reply(call, result)
            if stay:
                stay.end()

    def _start(self, service: Service, export: Export, current: CurrentCall, stay: Stay | None) -> Any:
        args, kwargs = current.fitted
        function = partial(self._in_thread, export.function, stay) if export.options.thread else export.function
        if service.intercepts and export.name not in service.common:
            result = service.intercept(export.name, function, [*args], kwargs)
        else:
            result = function(*args, **kwargs)
        return self._run_coroutine(result) if isinstance(result, CoroutineType) else result

    def _in_thread(
        self, function: Callable[..., Any], stay: Stay | None, /, *args: Any, **kwargs: Any
    ) -> Deferred[Any]:
        """Run a function in the thread pool. A cancelled Deferred does not end its thread, so the stay goes on."""
        context = copy_context()

        def work() -> Any:
            try:
                return context.run(function, *args, **kwargs)
            finally:
                if stay:
                    self._reactor.callFromThread(stay.end)

        if stay:
            stay.begin()
        return deferToThreadPool(self._reactor, self._reactor.getThreadPool(), work)

    def _end_raised(self, call: bytes, failure: Failure, stay: Stay | None) -> None:
        self._fail(call, self._raised(failure, failure.value))
        if stay:
            stay.end()
        if failure.check(KeyboardInterrupt):
            failure.raiseException()

    def _finished(self, result: Any, call: bytes) -> None:
        if self._running.pop(call, None):
            self._reply(call, result)

    def _failed(self, failure: Failure, call: bytes) -> None:
        if self._running.pop(call, None):
            self._fail(call, self._raised(failure, failure.value))
        elif not failure.check(CancelledError):
            self.log.failure("a method raised after its call had ended", failure)

    def _reply(self, call: bytes, result: Any) -> None:
        try:
            body = encode_value(result, UnsuitableValue.CANNOT_ENCODE_REPLY)
        except UnsuitableValue as error:
            self._fail(call, error)
        else:
            self._answer(encode(REPLY, call, (), body))

    def _fail(self, call: bytes, error: CallError) -> None:
        error.delivered = True
        self._answer(failure_of(call, error))

    def _raised(self, failure: Failure, error: BaseException | None) -> CallError:
        """Return what the caller is told; what a method did not mean to tell is logged here."""
        if isinstance(error, CallError) and not error.received:
            return error
        self.log.failure("a method raised", failure)
        return RemoteError(f"{type(error).__name__}: {_text_of(error)}")

    def _cancel(self, running: Deferred[Any]) -> None:
        try:
            running.cancel()
        except Exception:
            self.log.failure("a method could not be cancelled")


def _end_stay(_: Any, stay: Stay) -> None:
    stay.end()


def _text_of(error: BaseException | None) -> str:
    try:
        return str(error)
    except Exception:
        return "its text cannot be told"
