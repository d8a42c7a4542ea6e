"""Callbacks are functions of the user that are told of something; whatever one does, others are told all the same.

One that raises costs no link and stops nobody: what it raised is logged, of whatever
kind it is, `SystemExit` and ``asyncio.CancelledError`` too. An interrupt of the keyboard
is logged as well, and then goes on to where it belongs: the reactor stops in order.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from signal import SIGINT, raise_signal
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from exchange.errors import ExchangeError
from exchange.services.current import outside_calls
from exchange.wire.telling import plain, shown, text_of

if TYPE_CHECKING:
    from exchange.services.invoker import RunCoroutine


class Callbacks:
    """Runs the callbacks of one exchange: plain functions, those that return a Deferred, and coroutine functions.

    Args:
        run_coroutine: Runs a coroutine, and cancels it when its Deferred is cancelled.
    """

    log = Logger()

    def __init__(self, run_coroutine: RunCoroutine = Deferred.fromCoroutine) -> None:
        self._run_coroutine = run_coroutine

    def tell(self, whose: str, callback: Callable[..., Any], /, *args: Any) -> None:
        """Call a callback, outside of the call that a method answers; what it raises is logged.

        Args:
            whose: What people call it: ``a callback of the watch of name 'x'``.
        """
        try:
            with outside_calls():
                result = callback(*args)
                if result is not None:
                    self.wait(whose, result)
        except BaseException:
            self.raised(whose)

    def wait(self, whose: str, result: Any) -> None:
        """See to what a callback returned: a Deferred or a coroutine may fail later. Anything else is nothing to us."""
        if isinstance(result, CoroutineType):
            result = self._run_coroutine(result)
        if isinstance(result, Deferred):
            result.addErrback(lambda failure: self.raised(whose, failure))

    def begin(self, callback: Callable[..., Any], /, *args: Any) -> Deferred[Any]:
        """Call a callback, and return a Deferred of what comes of it, which whoever asked must see to."""
        return maybeDeferred(self._begun, callback, *args)

    def raised(self, whose: str, failure: Failure | None = None) -> None:
        """Log what a callback raised: what is being handled, unless a failure is given."""
        failure = failure or Failure()
        self.log.failure("{whose} raised", printable(failure), whose=plain(whose))
        pass_on(failure.value)

    def _begun(self, callback: Callable[..., Any], *args: Any) -> Any:
        result = callback(*args)
        return self._run_coroutine(result) if isinstance(result, CoroutineType) else result


PLAIN = Callbacks()
"""Runs coroutines on Deferreds alone."""


def check_callable(given: Any, what: str, takes: str) -> None:
    """Make sure that something can be called.

    Args:
        what: What it is given as, for people: ``changed``.
        takes: What it will be given.

    Raises:
        TypeError: It cannot.
    """
    if not callable(given):
        raise TypeError(f"{what} must be a function that takes {takes}, not {shown(given)}")


def pass_on(error: BaseException | None) -> None:
    """Do what an interrupt of the keyboard asks for, which costs no link: the reactor stops in order."""
    if isinstance(error, KeyboardInterrupt):
        raise_signal(SIGINT)


def printable(failure: Failure) -> Failure:
    """Return a failure whose text commands no terminal; it is the same one unless its text would."""
    text = text_of(failure.value)
    if plain(text) == text:
        return failure
    printable = copy(failure)
    printable.value = ExchangeError(plain(text))
    return printable
