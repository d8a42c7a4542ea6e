"""The invoker runs the methods of this process's services, and sends what came of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import CoroutineType
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger, LogLevel
from twisted.python.failure import Failure

from exchange.errors import CallError, MethodUnavailable, RemoteError, ServiceWithdrawn, UnsuitableValue, WayGone
from exchange.services.export import Export
from exchange.services.service import Service
from exchange.wire.failures import failure_of
from exchange.wire.frames import Frame, body_of, encode
from exchange.wire.layouts import Kind
from exchange.wire.values import decode_request, encode_value

REPLY = Kind.REPLY


class Invoker:
    """Runs what a REQUEST asks for.

    A plain result is answered at once, a Deferred or a coroutine when it fires. What
    is refused before the method starts was not delivered; everything after was.

    Args:
        answer: Takes the REPLY or FAILURE.
    """

    log = Logger()

    def __init__(self, answer: Callable[[Frame], None]) -> None:
        self._answer = answer
        self._services: dict[bytes, Service] = {}
        self._running: dict[bytes, tuple[Deferred[Any], bytes]] = {}

    def __len__(self) -> int:
        return len(self._running)

    def add(self, thing: bytes, service: Service) -> None:
        """Take requests to the instance ``thing``, which is ``service``."""
        self._services[thing] = service

    def remove(self, thing: bytes) -> None:
        """Take no more requests, and `end` those that are here."""
        self.end(thing)
        del self._services[thing]

    def end(self, thing: bytes) -> None:
        """Cancel what still runs, and tell its callers."""
        service = self._services[thing]
        for call in [call for call, (_, runs) in self._running.items() if runs == thing]:
            running, _ = self._running.pop(call)
            self._fail(call, ServiceWithdrawn(f"'{service.name}' was withdrawn while it owed the answer"))
            self._cancel(running)

    def request(self, frame: Frame) -> None:
        """Run the method that a REQUEST to an instance of ours asks for."""
        _, call, (to, name, _), raw = frame
        try:
            export = self._find(to, name)
            args, kwargs, _ = decode_request(body_of(raw))
            export.check(args, kwargs)
        except CallError as error:
            error.delivered = False
            self._answer(failure_of(call, error))
            return
        try:
            result = export.function(*args, **kwargs)
        except BaseException as error:
            self._fail(call, self._raised(Failure(), error, to, name))
            if isinstance(error, KeyboardInterrupt):
                raise
            return
        kind: Any = type(result)
        if _is_later(kind):
            self._wait(call, to, name, result)
        else:
            self._reply(call, result)

    def cancel(self, frame: Frame) -> None:
        """Stop a method that runs, if it can be stopped; nobody waits for its answer."""
        running = self._running.pop(frame[1], None)
        if running:
            self._cancel(running[0])

    def _find(self, to: bytes, name: str) -> Export:
        service = self._services.get(to)
        if service is None:
            raise WayGone("the service was withdrawn before the call reached it")
        export = service.exports.get(name)
        if export is None:
            function = service.unexported(name)
            if function is not None:
                return Export(name, function)
            raise MethodUnavailable(f"service '{service.name}' exports no method '{name}'")
        return export

    def _wait(self, call: bytes, to: bytes, name: str, result: Any) -> None:
        running = result if isinstance(result, Deferred) else Deferred.fromCoroutine(result)
        self._running[call] = (running, to)
        running.addCallbacks(self._finished, self._failed, callbackArgs=(call,), errbackArgs=(call, to, name))

    def _finished(self, result: Any, call: bytes) -> None:
        if self._running.pop(call, None):
            self._reply(call, result)

    def _failed(self, failure: Failure, call: bytes, to: bytes, name: str) -> None:
        if self._running.pop(call, None):
            self._fail(call, self._raised(failure, failure.value, to, name))
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

    def _raised(self, failure: Failure, error: BaseException | None, to: bytes, name: str) -> CallError:
        """Return what the caller is told; what a method did not mean to tell is logged here."""
        if isinstance(error, CallError) and not error.received:
            return error
        text = "method '{method}' of service '{service}' raised; its caller was told"
        self.log.failure(text, failure, LogLevel.error, method=name, service=self._services[to].name)
        return RemoteError(f"{type(error).__name__}: {_text_of(error)}")

    def _cancel(self, running: Deferred[Any]) -> None:
        try:
            running.cancel()
        except Exception:
            self.log.failure("a method could not be cancelled")


@lru_cache(maxsize=1024)
def _is_later(kind: Any) -> bool:
    """Whether results of this type come later; remembered, because Deferred answers slowly what is one."""
    return issubclass(kind, Deferred | CoroutineType)


def _text_of(error: BaseException | None) -> str:
    try:
        return str(error)
    except Exception:
        return "its text cannot be told"
