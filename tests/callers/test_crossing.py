"""Work that goes into the reactor's thread, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail, succeed

from exchange.callers.crossing import Crossing


class Errands:
    """As much of a reactor as a crossing needs: does in the test's thread what others ask for."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[Callable[[], Any]] = SimpleQueue()

    def callFromThread(self, function: Callable[..., Any], *args: Any) -> None:
        self._asked.put(lambda: function(*args))

    def do_one(self) -> None:
        self._asked.get(timeout=30)()


class Ended:
    """Knows whether it was ended."""

    is_over = False

    def end(self) -> None:
        self.is_over = True


def test_results_and_errors_come_back_to_the_thread_that_waits() -> None:
    reactor = Errands()
    crossing = Crossing(reactor)
    later: Deferred[str] = Deferred()

    def refuse() -> Deferred[Any]:
        raise KeyError("at once")

    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(crossing.run, begin) for begin in (lambda: later, refuse, lambda: fail(KeyError("later")))]
        done = pool.submit(crossing.do, lambda: "done")
        for _ in range(4):
            reactor.do_one()
        assert not runs[0].done()
        later.callback("came")
        assert runs[0].result() == "came"
        assert {type(run.exception()) for run in runs[1:]} == {KeyError}
        assert done.result() == "done"


def test_whoever_waits_at_the_end_is_told_and_nobody_crosses_any_more() -> None:
    reactor = Errands()
    crossing = Crossing(reactor)
    inbox, late = Ended(), Ended()
    crossing.keep(inbox)
    never: Deferred[None] = Deferred()

    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(crossing.run, lambda: never)
        reactor.do_one()
        crossing.end()
        with pytest.raises(RuntimeError, match="this exchange is closed; connect again"):
            run.result()
    never.callback(None)
    with pytest.raises(RuntimeError, match="this exchange is closed"):
        crossing.run(lambda: succeed(None))
    crossing.keep(late)

    assert (inbox.is_over, late.is_over, crossing.is_open) == (True, True, False)


def test_work_that_is_posted_is_done_while_the_crossing_is_open() -> None:
    reactor = Errands()
    crossing = Crossing(reactor)
    done: list[str] = []

    crossing.post(lambda: done.append("in time"))
    crossing.end()
    crossing.post(lambda: done.append("too late"))
    reactor.callFromThread(done.append, "last")
    reactor.do_one()
    reactor.do_one()

    assert done == ["in time", "last"]
