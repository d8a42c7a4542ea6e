"""The reactor runs as long as one thing takes, and no longer."""

from __future__ import annotations

import pytest
from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.internet.testing import MemoryReactorClock

from exchange.app.cli.running import Run


class StoppableReactor(MemoryReactorClock):
    """A reactor that runs what is scheduled, and may then be stopped by Ctrl-C."""

    def __init__(self, stopped_by: str = "") -> None:
        super().__init__()
        self.stops = 0
        self._interrupts = stopped_by == "ctrl-c"

    def run(self) -> None:
        for hook, args, kwargs in self.whenRunningHooks:
            hook(*args, **kwargs)
        if self._interrupts:
            for hook, args, kwargs in self.triggers["before"]["shutdown"]:
                hook(*args, **kwargs)

    def stop(self) -> None:
        self.stops += 1


def test_what_comes_of_it_is_returned_and_the_reactor_stopped_once() -> None:
    reactor = StoppableReactor()

    assert Run(reactor, lambda: succeed(42)).to_end() == 42
    assert reactor.stops == 1


def test_what_it_raises_is_raised() -> None:
    with pytest.raises(KeyError):
        Run(StoppableReactor(), lambda: fail(KeyError("no"))).to_end()


def test_ctrl_c_cancels_it_and_leaves_the_stopping_to_whoever_began_it() -> None:
    reactor = StoppableReactor(stopped_by="ctrl-c")
    begun: Deferred[None] = Deferred()

    with pytest.raises(CancelledError):
        Run(reactor, lambda: begun).to_end()

    assert begun.called
    assert reactor.stops == 0


def test_a_reactor_that_stops_before_the_end_is_as_good_as_ctrl_c() -> None:
    with pytest.raises(CancelledError):
        Run(StoppableReactor(), lambda: Deferred()).to_end()
