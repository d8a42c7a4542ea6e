"""Which reactor this process has, and its start: in a thread of its own, or on a loop that runs already.

Twisted allows one reactor in a process, for ever. Two kinds of process would suffer
from that: one that runs several asyncio loops, one after another, and one that was
forked from another whose reactor ran. There the old one is of no use to anybody any
more, so another takes its place.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from functools import partial
from typing import Any

import twisted.internet

MODULE = "twisted.internet.reactor"

_starting = threading.Lock()
_started: tuple[Any, int] | None = None
"""The reactor that was started here, and the process in which it was; or one that ran at a fork."""


def reactor_in_thread() -> Any:
    """Return the reactor that runs in another thread than this; if none runs, one is started.

    Raises:
        RuntimeError: It ran and was stopped, or this is its own thread.
    """
    with _starting:
        _forget_left_over()
        from twisted.internet import reactor
        from twisted.python.threadable import isInIOThread

        if not reactor.running:
            _start_in_thread(reactor)
        elif isInIOThread():
            raise RuntimeError(
                "this thread is the reactor's own, which must not wait: use exchange.Exchange here, "
                "or exchange.aio where asyncio runs, or come from another thread"
            )
    return reactor


def reactor_on(loop: asyncio.AbstractEventLoop) -> Any:
    """Return the reactor that runs on ``loop``, which runs; if no reactor is installed, Twisted's asyncio one is.

    Raises:
        RuntimeError: Another reactor is installed, or it is on another loop.
    """
    with _starting:
        _forget_left_over()
        if MODULE not in sys.modules:
            from twisted.internet import asyncioreactor

            asyncioreactor.install(loop)
        reactor: Any = sys.modules[MODULE]
        if _loop_of(reactor) is not loop:
            raise RuntimeError(_conflict(reactor))
        if not reactor.running:
            _note_start(reactor)
            reactor.startRunning(installSignalHandlers=False)
    return reactor


def _conflict(reactor: Any) -> str:
    if _loop_of(reactor) is not None:
        return (
            "the reactor of this process is on another event loop, which is not closed: "
            "connect on that loop, or close it first, as asyncio.run() does at its end"
        )
    return (
        f"this process has a {type(reactor).__name__} already, which cannot run on an asyncio loop: connect before "
        f"anything imports {MODULE}, or use exchange.blocking in another thread"
    )


def _start_in_thread(reactor: Any) -> None:
    """Run the reactor in a thread; returns when it runs."""
    settled = threading.Event()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            # Only the main thread can take signals, and they are the user's.
            reactor.run(installSignalHandlers=False)
        except Exception as error:
            failures.append(error)
        finally:
            settled.set()

    _note_start(reactor)
    reactor.callWhenRunning(settled.set)
    threading.Thread(target=run, name="exchange reactor", daemon=True).start()
    settled.wait()
    if failures:
        raise RuntimeError(
            f"the reactor of this process cannot be started ({type(failures[0]).__name__}); "
            "once it was stopped it cannot run again: connect while it runs, or leave its start to exchange.blocking"
        )


def _note_start(reactor: Any) -> None:
    global _started
    _started = reactor, os.getpid()
    # A look-up of a name may hang for long; the end of the process must not wait for it.
    reactor.getThreadPool().threadFactory = partial(threading.Thread, daemon=True)


def _forget_left_over() -> None:
    """Make room for another reactor where the one that was started can never run again."""
    global _started
    if _started is None or sys.modules.get(MODULE) is not _started[0]:
        return
    reactor, process = _started
    loop = _loop_of(reactor)
    if process == os.getpid():
        if loop is None or not loop.is_closed():
            return
        _release(reactor)
    _started = None
    del sys.modules[MODULE]
    del twisted.internet.reactor


def _release(reactor: Any) -> None:
    """Let go the idle threads and the descriptors of a reactor whose loop is closed."""
    reactor.getThreadPool().adjustPoolsize(0, 0)
    waker = getattr(reactor, "waker", None)
    if waker is not None:
        waker.connectionLost(None)


def _loop_of(reactor: Any) -> asyncio.AbstractEventLoop | None:
    # Twisted has no public name for it.
    return getattr(reactor, "_asyncioEventloop", None)


def _forked() -> None:
    """In a new process: whatever reactor ran, does not run here."""
    global _starting, _started
    _starting = threading.Lock()
    reactor = sys.modules.get(MODULE)
    if getattr(reactor, "running", False):
        _started = reactor, os.getppid()


os.register_at_fork(after_in_child=_forked)
