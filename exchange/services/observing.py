"""Observing: whoever looks on while calls are answered here, such as a log of calls, or tracing.

An observer is asked when a call has come, and returns what it makes of this one call: a
`View`, which is told of the rest. As long as nobody observes, a call costs one look for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext

from twisted.logger import Logger
from twisted.python.failure import Failure

from exchange.errors import CallError
from exchange.services.current import Begun
from exchange.wire.failures import error_of
from exchange.wire.frames import Frame
from exchange.wire.layouts import Kind


class View:
    """What an observer makes of one call; this one makes nothing of it. Exactly one of `ended`, `cancelled` is last."""

    def running(self) -> AbstractContextManager[None]:
        """Return what is entered while the method begins, so that its context variables are those of the method."""
        return nullcontext()

    def outside(self) -> AbstractContextManager[None]:
        """Return what is entered while the answer is sent, which is no part of the method."""
        return nullcontext()

    def raised(self, failure: Failure) -> None:
        """The method raised, or its Deferred failed; what its caller is told comes next."""

    def ended(self, error: CallError | None) -> None:
        """The caller is told: a result, or this error."""

    def cancelled(self) -> None:
        """Nobody waits for the answer any more."""


Observer = Callable[[str, Begun], View | None]
"""Takes the name of the service, or what people call it that is gone, and the call; ``None``
takes no notice. Of a call that is refused before it is begun there may be no arguments."""


class Observing:
    """The observers of the calls that come to one exchange, and what they see now.

    What an observer raises is logged, and changes nothing for the call.

    Args:
        answer: Takes the REPLY or FAILURE.
    """

    log = Logger()

    def __init__(self, answer: Callable[[Frame], None]) -> None:
        self.observers: list[Observer] = []
        self._answer = answer
        self._views: dict[bytes, list[View]] = {}

    def begin(self, name: str, begun: Begun) -> None:
        """A call has come."""
        views = []
        for observer in self.observers:
            with self._guarded():
                view = observer(name, begun)
                if view is not None:
                    views.append(view)
        if views:
            self._views[begun[0][1]] = views

    def run(self, call: bytes, work: Callable[[], None]) -> None:
        """Begin the method."""
        with ExitStack() as stack:
            for view in self._views.get(call, ()):
                with self._guarded():
                    stack.enter_context(view.running())
            work()

    def raised(self, call: bytes, failure: Failure) -> None:
        """The method raised."""
        for view in self._views.get(call, ()):
            with self._guarded():
                view.raised(failure)

    def answer(self, frame: Frame) -> None:
        """Send an answer, and tell of it; whatever it causes in this process is seen as outside of the method."""
        views = self._views.pop(frame[1], None)
        if views is None:
            self._answer(frame)
            return
        error = error_of(frame) if frame[0] == Kind.FAILURE else None
        with ExitStack() as stack:
            for view in views:
                with self._guarded():
                    view.ended(error)
                    stack.enter_context(view.outside())
            self._answer(frame)

    def cancel(self, call: bytes) -> None:
        """Nobody waits for the answer any more."""
        for view in self._views.pop(call, ()):
            with self._guarded():
                view.cancelled()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except Exception:
            self.log.failure("whoever observes calls raised")
