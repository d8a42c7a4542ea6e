"""Runs what is typed: Python with ``await`` at its top, in the reactor's thread, while this one waits for the outcome.

So what is typed may use an exchange as any program on Twisted does, and Ctrl-C, which
comes to this thread, cancels what is awaited, or breaks off what computes.
"""

from __future__ import annotations

import ast
import builtins
import code
import ctypes
import inspect
import sys
import threading
import traceback
from collections.abc import Coroutine, Generator
from types import CodeType, FunctionType
from typing import Any

from twisted.internet.defer import CancelledError, Deferred

from exchange.callers.crossing import Crossing
from exchange.errors import ExchangeError
from exchange.wire.telling import plain, told

FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

LOOK, LOOKS = 0.01, 50
"""Seconds between looks whether what was cancelled has ended, and how many."""


class Evaluator:
    """Runs code in the reactor's thread; the value of an expression is shown, and awaited before if it can be.

    Args:
        names: What the code can use, and where its own names are kept.
    """

    def __init__(self, crossing: Crossing, names: dict[str, Any]) -> None:
        self._crossing = crossing
        self._names = names
        self._shown: list[Any] = []
        self._computing = 0
        self._idle = threading.Event()

    def evaluate(self, compiled: CodeType) -> BaseException | None:
        """Run code to its end; return what it raised.

        Raises:
            KeyboardInterrupt: It was broken off.
            SystemExit: It wants the shell to end.
        """
        self._idle.clear()
        try:
            error = self._crossing.run(lambda: Deferred.fromCoroutine(self._outcome(compiled)))
        except KeyboardInterrupt:
            self._break_off()
            raise
        if isinstance(error, SystemExit):
            raise error
        return error

    def display(self, value: Any) -> None:
        """Show what an expression gave, as `sys.displayhook` does; later, if it must be awaited."""
        if inspect.isawaitable(value):
            self._shown.append(value)
        elif value is not None:
            vars(builtins)["_"] = value
            print(repr(value), flush=True)

    async def _outcome(self, compiled: CodeType) -> BaseException | None:
        usual, sys.displayhook = sys.displayhook, self.display
        try:
            if isinstance(begun := self._begin(compiled), BaseException):
                return begun
            if begun is not None:
                await self._watched(begun)
            while self._shown:
                self.display(await self._watched(self._shown.pop(0)))
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            return error
        finally:
            self._shown.clear()
            sys.displayhook = usual
            self._idle.set()
        return None

    def _begin(self, compiled: CodeType) -> Any:
        """Return what calling the code gives: a coroutine if it awaits; or what it raises."""
        with self:
            try:
                return FunctionType(compiled, self._names)()
            except BaseException as error:
                return error

    def _watched(self, awaited: Any) -> Any:
        return _Watched(awaited, self) if inspect.iscoroutine(awaited) else awaited

    def __enter__(self) -> None:
        self._computing = threading.get_ident()

    def __exit__(self, *exception: object) -> None:
        self._computing = 0

    def _break_off(self) -> None:
        """Raise KeyboardInterrupt in code that computes and so will not be cancelled."""
        for _ in range(LOOKS):
            if self._idle.wait(LOOK):
                return
            if self._computing:
                thread, interrupt = ctypes.c_ulong(self._computing), ctypes.py_object(KeyboardInterrupt)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, interrupt)
                return


class _Watched:
    """Awaits a coroutine, and lets it be known while that computes."""

    def __init__(self, awaited: Coroutine[Any, Any, Any], computing: Evaluator) -> None:
        self._awaited = awaited
        self._computing = computing

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._awaited.__await__()
        given: Any = None
        error: BaseException | None = None
        while True:
            with self._computing:
                try:
                    wanted = steps.send(given) if error is None else steps.throw(error)
                except StopIteration as stop:
                    return stop.value
            try:
                given, error = (yield wanted), None
            except BaseException as raised:
                error = raised


class Console(code.InteractiveConsole):
    """Reads what is typed, and has it run."""

    def __init__(self, evaluator: Evaluator, names: dict[str, Any]) -> None:
        super().__init__(names, "<console>")
        self.compile.compiler.flags |= FLAGS
        self._evaluator = evaluator

    def runcode(self, code: CodeType) -> None:
        """Run what was typed, and tell what it raised."""
        error = self._evaluator.evaluate(code)
        if error is not None:
            self.write(text_of(error))


def statements_of(source: str, name: str) -> list[CodeType]:
    """Return the statements of a program, each by itself, so that the values of expressions are shown.

    Raises:
        SyntaxError: It is none.
    """
    tree = ast.parse(source, name)
    return [compile(ast.Interactive([each]), name, "single", FLAGS) for each in tree.body]


def text_of(error: BaseException) -> str:
    """Return what is said of an error: from where in what was typed it came, unless it came from afar."""
    if isinstance(error, CancelledError):
        return "cancelled\n"
    if isinstance(error, ExchangeError):
        return f"{told(error)}\n"
    trace = error.__traceback__
    while trace is not None and not trace.tb_frame.f_code.co_filename.startswith("<"):
        trace = trace.tb_next
    return plain("".join(traceback.format_exception(type(error), error, trace)))
