from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest
from twisted.internet.main import CONNECTION_LOST
from twisted.python.failure import Failure

from exchange import netsvc
from exchange.netsvc.process import Process
from tests.logbook import Logbook
from tests.netsvc.site import Site
from tests.netsvc.stories import Told


@pytest.fixture
def pipe() -> Iterator[int]:
    """A file with something to read."""
    ours, theirs = os.pipe()
    os.write(theirs, b"x")
    yield ours
    for each in (ours, theirs):
        os.close(each)


@pytest.mark.parametrize(("callback", "expected"), [("nothing", ()), ("one", "n"), ("two", "ne")])
def test_a_file_that_can_be_read_is_told_in_as_many_words_as_wanted(
    here: Process, caller: netsvc.Service, told: Told, pipe: int, callback: str, expected: str
) -> None:
    caller.subscribeSocket(getattr(told, callback), pipe)
    (reader,) = here.reactor.getReaders()
    assert reader.fileno() == pipe
    assert str(pipe) in reader.logPrefix()
    reader.doRead()
    assert told.lines == [tuple({"n": pipe, "e": netsvc.SOCKET_POLLIN}[letter] for letter in expected)]


def test_a_file_is_watched_for_both_with_a_callback_for_each(
    here: Process, caller: netsvc.Service, told: Told, pipe: int
) -> None:
    caller.subscribeSocket(told.one, pipe, netsvc.SOCKET_POLLIN)
    caller.subscribeSocket(told.two, pipe, netsvc.SOCKET_POLLOUT)
    (writer,) = here.reactor.getWriters()
    writer.doWrite()
    writer.doRead()
    assert told.lines == [(pipe, netsvc.SOCKET_POLLOUT), (pipe,)]

    caller.unsubscribeSocket(pipe, netsvc.SOCKET_POLLIN)
    writer.doRead()
    assert (here.reactor.getReaders(), len(here.reactor.getWriters())) == ([], 1)
    caller.unsubscribeSocket(pipe)
    caller.unsubscribeSocket(pipe)
    writer.doWrite()
    assert here.reactor.getWriters() == []
    assert len(told.lines) == 2


def test_a_file_whose_far_end_is_gone_is_told_once_more(
    here: Process, caller: netsvc.Service, told: Told, pipe: int
) -> None:
    caller.subscribeSocket(told.two, pipe)
    (reader,) = here.reactor.getReaders()
    reader.connectionLost(Failure(CONNECTION_LOST))
    assert told.lines == [(pipe, netsvc.SOCKET_POLLHUP)]
    caller.unsubscribeAllSockets()


def test_a_destroyed_agent_watches_nothing(here: Process, told: Told, pipe: int) -> None:
    agent = netsvc.Agent()
    agent.subscribeSocket(told.one, pipe, netsvc.SOCKET_POLLIN | netsvc.SOCKET_POLLOUT)
    agent.destroyAgent()
    assert here.reactor.getReaders() == here.reactor.getWriters() == []


def test_an_error_in_a_callback_is_logged(here: Process, caller: netsvc.Service, pipe: int, logbook: Logbook) -> None:
    def raising() -> None:
        raise ValueError("oh")

    caller.subscribeSocket(raising, pipe)
    here.reactor.getReaders()[0].doRead()
    assert logbook.failures() == ["ValueError: oh"]


@pytest.mark.parametrize("event", [0, netsvc.SOCKET_POLLERR, netsvc.SOCKET_POLLPRI | netsvc.SOCKET_POLLIN])
def test_what_cannot_be_watched_for_is_refused(here: Process, caller: netsvc.Service, event: int) -> None:
    with pytest.raises(ValueError, match="only SOCKET_POLLIN and SOCKET_POLLOUT"):
        caller.subscribeSocket(print, 0, event)


def test_a_watched_file_keeps_the_loop_running(site: Site, here: Process, caller: netsvc.Service, told: Told) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        caller.subscribeSocket(told.one, ours.fileno())
        caller.startTimer(here.loop.stop, 30)
        here.loop.run()
        caller.unsubscribeAllSockets()
    assert site.clock.seconds() == pytest.approx(30)
