"""What is typed runs in the reactor's thread, while another waits for the outcome."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread

from exchange.app.cli.console import Console, Evaluator, statements_of, text_of
from exchange.callers.crossing import Crossing
from exchange.errors import RemoteError


@pytest.fixture
def names() -> dict[str, Any]:
    """What programs can use, and what they define."""

    def later(value: Any) -> Deferred[Any]:
        return deferLater(reactor, 0, lambda: value)

    return {"later": later, "thread": threading.get_ident}


@pytest.fixture
def evaluator(names: dict[str, Any]) -> Evaluator:
    return Evaluator(Crossing(reactor), names)


def outcome(evaluator: Evaluator, *programs: str) -> Deferred[BaseException | None]:
    """Run programs, from another thread; return what the last statement raised."""

    def run() -> BaseException | None:
        error = None
        for program in programs:
            for statement in statements_of(program, "<command>"):
                error = evaluator.evaluate(statement)
        return error

    return deferToThread(run)


@pytest_twisted.ensureDeferred
async def test_values_of_expressions_are_shown_and_awaited_before(
    evaluator: Evaluator, names: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        await outcome(evaluator, "x = await later(3)\nx\nlater('a\\x1b')\nNone", "async def f(): return x + 1\nf()")
        is None
    )

    assert capsys.readouterr().out == "3\n'a\\x1b'\n4\n"
    assert names["x"] == 3


@pytest_twisted.ensureDeferred
async def test_all_of_it_runs_in_the_thread_of_the_reactor(evaluator: Evaluator, names: dict[str, Any]) -> None:
    await outcome(evaluator, "one = thread()", "await later(1); other = thread()")

    assert names["one"] == names["other"] == threading.get_ident()


@pytest_twisted.ensureDeferred
async def test_what_is_raised_is_handed_back_with_its_place(evaluator: Evaluator) -> None:
    now, later = await outcome(evaluator, "1 / 0"), await outcome(evaluator, "await later(1)\nnothing")

    assert isinstance(now, ZeroDivisionError)
    assert isinstance(later, NameError)
    assert text_of(now).splitlines() == [
        "Traceback (most recent call last):",
        '  File "<command>", line 1, in <module>',
        "ZeroDivisionError: division by zero",
    ]


@pytest_twisted.ensureDeferred
async def test_of_a_deferred_that_fails_the_failure_is_handed_back(evaluator: Evaluator) -> None:
    error = await outcome(evaluator, "from twisted.internet.defer import fail\nfail(KeyError('no'))")

    assert isinstance(error, KeyError)


@pytest_twisted.ensureDeferred
async def test_exit_ends_the_program(evaluator: Evaluator) -> None:
    with pytest.raises(SystemExit) as ended:
        await outcome(evaluator, "raise SystemExit(3)")

    assert ended.value.code == 3


@pytest.mark.parametrize(
    "program", ["if begin():\n    while True: pass", "if await later(1) and begin():\n    while True: pass"]
)
@pytest_twisted.ensureDeferred
async def test_what_computes_can_be_broken_off(evaluator: Evaluator, names: dict[str, Any], program: str) -> None:
    begun = threading.Event()

    def begin() -> bool:
        begun.set()
        return True

    def break_off() -> None:
        begun.wait()
        evaluator._break_off()

    names["begin"] = begin
    threading.Thread(target=break_off, daemon=True).start()

    assert isinstance(await outcome(evaluator, program), KeyboardInterrupt)


def test_what_came_from_afar_is_told_without_the_way_that_it_took() -> None:
    assert text_of(RemoteError("boom \x1b[2J", delivered=True)) == "RemoteError: boom \\x1b[2J\n"
    assert text_of(CancelledError()) == "cancelled\n"


def typed(console: Console, lines: list[str]) -> Callable[[], None]:
    given = iter(lines)

    def read(prompt: str = "") -> str:
        try:
            return next(given)
        except StopIteration:
            raise EOFError from None

    def talk() -> None:
        console.raw_input = read  # type: ignore[method-assign]
        console.interact(banner="", exitmsg="")

    return talk


@pytest_twisted.ensureDeferred
async def test_a_console_reads_python_with_await_line_by_line(
    evaluator: Evaluator, names: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["x = await later(20)", "if x:", "    y = await later(x + 1)", "", "y * 2", "1 / 0", "(", ")"]

    await deferToThread(typed(Console(evaluator, names), lines))

    told = capsys.readouterr()
    assert told.out == "42\n()\n"
    assert 'File "<console>", line 1, in <module>\nZeroDivisionError' in told.err
