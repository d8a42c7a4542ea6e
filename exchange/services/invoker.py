"""The invoker runs the methods of this process's services, and sends what came of them."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import lru_cache
from signal import SIGINT, raise_signal
from types import CoroutineType
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
from exchange.services.export import Export
from exchange.services.service import Service
from exchange.wire.failures import failure_of
from exchange.wire.frames import Frame, body_of, encode
from exchange.wire.identities import readable
from exchange.wire.layouts import Kind
from exchange.wire.telling import plain, text_of, told
from exchange.wire.values import decode_request, encode_value

REPLY = Kind.REPLY

MOST_NESTED = 32
"""How many methods may stand one in another, each called by the last in this process, before the stack is full."""


class Invoker:
    """Runs what a REQUEST asks for.

    A plain result is answered at once, a Deferred or a coroutine when it fires. What
    is refused before the method starts was not delivered; everything after was. Whatever
    a service does, its caller is told, and the link over which the call came stays.

    Args:
        answer: Takes the REPLY or FAILURE.
    """

    log = Logger()

    def __init__(self, answer: Callable[[Frame], None]) -> None:
        self._answer = answer
        self._services: dict[bytes, Service] = {}
        self._running: dict[bytes, tuple[Deferred[Any], bytes]] = {}
        self._nested = 0

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
        except BaseException as error:
            self._fail(call, self._raised(Failure(), error, to, name), delivered=False)
            return
        self._nested += 1
        try:
            result = export.function(*args, **kwargs)
            kind: Any = type(result)
            is_later = _is_later(kind)
        except BaseException as error:
            self._fail(call, self._raised(Failure(), error, to, name))
            _pass_on(error)
        else:
            if is_later:
                self._wait(call, to, name, result)
            else:
                self._reply(call, result, to, name)
        finally:
            self._nested -= 1

    def cancel(self, frame: Frame) -> None:
        """Stop a method that runs, if it can be stopped; nobody waits for its answer."""
        running = self._running.pop(frame[1], None)
        if running:
            self._cancel(running[0])

    def _find(self, to: bytes, name: str) -> Export:
        if self._nested >= MOST_NESTED:
            raise Overloaded(f"{MOST_NESTED} methods of this process stand one in another, each called by the last")
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
        about = (call, running, name)
        running.addCallbacks(self._finished, self._failed, callbackArgs=about, errbackArgs=about)

    def _finished(self, result: Any, call: bytes, running: Deferred[Any], name: str) -> None:
        runs = self._running.get(call)
        if runs is not None and runs[0] is running:  # after CANCEL, another call may have the number
            del self._running[call]
            self._reply(call, result, runs[1], name)

    def _failed(self, failure: Failure, call: bytes, running: Deferred[Any], name: str) -> None:
        runs = self._running.get(call)
        if runs is not None and runs[0] is running:
            del self._running[call]
            self._fail(call, self._raised(failure, failure.value, runs[1], name))
            _pass_on(failure.value)
        elif not failure.check(CancelledError):
            self.log.failure("a method raised after its call had ended", failure)

    def _reply(self, call: bytes, result: Any, to: bytes, name: str) -> None:
        try:
            frame = encode(REPLY, call, (), encode_value(result, UnsuitableValue.CANNOT_ENCODE_REPLY))
        except UnsuitableValue as error:
            text = "what method '{method}' of service '{service}' returned cannot be sent; its caller was told: {error}"
            self.log.error(text, method=name, service=self._name_of(to), error=plain(str(error)))
            self._fail(call, error)
        except BaseException as error:
            self._fail(call, self._raised(Failure(), error, to, name))
            _pass_on(error)
        else:
            self._answer(frame)

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
        self.log.failure(text, _printable(failure), LogLevel.error, method=name, service=self._name_of(to))
        # What came back from a method that raised says already what was raised.
        return RemoteError(plain(text_of(error)) if isinstance(error, RemoteError) else told(error))

    def _name_of(self, thing: bytes) -> str:
        """Return the name of a service, which a method of it may have withdrawn."""
        service = self._services.get(thing)
        return service.name if service else readable(thing)

    def _cancel(self, running: Deferred[Any]) -> None:
        try:
            running.cancel()
        except BaseException:
            self.log.failure("a method could not be cancelled")


@lru_cache(maxsize=1024)
def _is_later(kind: Any) -> bool:
    """Whether results of this type come later; remembered, because Deferred answers slowly what is one."""
    return issubclass(kind, Deferred | CoroutineType)


def _pass_on(error: BaseException | None) -> None:
    """Do what an interrupt of the keyboard asks for, which costs no link: the reactor stops in order."""
    if isinstance(error, KeyboardInterrupt):
        raise_signal(SIGINT)


def _printable(failure: Failure) -> Failure:
    """Return a failure whose text commands no terminal; it is the same one unless its text would."""
    text = text_of(failure.value)
    if plain(text) == text:
        return failure
    printable = copy(failure)
    printable.value = RemoteError(plain(text))
    return printable
