"""Opens a shell: links, and reads from the terminal, from standard input or from the command line."""

from __future__ import annotations

import argparse
import os
import select
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TimeIsUp
from twisted.python.failure import Failure

from exchange.app.cli.amounts import several
from exchange.app.cli.console import Console, Evaluator, statements_of, text_of
from exchange.app.cli.dialling import exchange_to_dial, link
from exchange.app.cli.linking import asked_hubs, asked_links, surroundings
from exchange.app.cli.shell_names import Completer, Services, names_of
from exchange.app.cli.status import Status, status_of
from exchange.app.plan import hubs_to_dial
from exchange.callers.crossing import Crossing
from exchange.errors import ExchangeError
from exchange.services.exchange import Exchange
from exchange.wire.telling import plain

LONGEST_HISTORY = 1000
"""Lines that are kept of what was typed."""

SHORT = 2.0
"""Seconds that a service may take to tell its methods, when somebody waits for a completion."""


def run_shell(options: argparse.Namespace) -> int:
    """Run what is to be run, and return how that ended."""
    from exchange.callers.reactors import reactor_in_thread

    crossing = Crossing(reactor_in_thread())
    try:
        exchange = crossing.do(lambda: _exchange(crossing.reactor, options, os.environ))
        try:
            crossing.run(lambda: Deferred.fromCoroutine(_link(exchange, options, os.environ)))
            return _work(crossing, exchange, options)
        finally:
            crossing.run(exchange.stopService)
    except ExchangeError as error:
        print(f"exchange shell: {plain(' '.join(str(error).split()))}", file=sys.stderr)
        return status_of(error)
    except KeyboardInterrupt:
        return Status.INTERRUPTED
    finally:
        crossing.end()


def _exchange(reactor: Any, options: argparse.Namespace, environ: Mapping[str, str]) -> Exchange:
    environ = surroundings(options, environ)
    return exchange_to_dial(reactor, asked_links(options, environ), options, environ)


async def _link(exchange: Exchange, options: argparse.Namespace, environ: Mapping[str, str]) -> None:
    hubs = hubs_to_dial(exchange.reactor, *asked_hubs(options, surroundings(options, environ)))
    await link(exchange, hubs, wait=options.wait, patience=options.timeout)


def _work(crossing: Crossing, exchange: Exchange, options: argparse.Namespace) -> int:
    watch = crossing.do(exchange.watch)
    crossing.run(lambda: watch.complete.addTimeout(options.timeout, exchange.reactor).addErrback(_trap_late))
    services = Services(exchange, watch, options.timeout)
    names = {"__name__": "__console__", "__doc__": None, **names_of(exchange, services, options.timeout)}
    evaluator = Evaluator(crossing, names)
    if options.code:
        return run_programs(evaluator, options.code, "<command>")
    if not sys.stdin.isatty():
        return run_programs(evaluator, [sys.stdin.read()], "<stdin>")

    def methods_of(name: str) -> list[str]:
        try:
            return sorted(crossing.run(lambda: exchange.describe(name, SHORT)).methods)
        except Exception:
            return []

    with History(os.environ, Completer(names, methods_of)):
        _talk(Console(evaluator, names), f"linked as {exchange.title}; {several(len(services), 'service')}")
    return Status.FINE


def _trap_late(failure: Failure) -> None:
    """Go on with what is known: a hub that tells slowly is no reason not to talk to it."""
    failure.trap(TimeIsUp)


def run_programs(evaluator: Evaluator, programs: Iterable[str], name: str) -> int:
    """Run programs, up to the first that raises; that is told on standard error."""
    try:
        for program in programs:
            for statement in statements_of(program, name):
                error = evaluator.evaluate(statement)
                if isinstance(error, BrokenPipeError) and is_unread():
                    return Status.FINE
                if error is not None:
                    print(text_of(error), end="", file=sys.stderr, flush=True)
                    return status_of(error) if isinstance(error, ExchangeError) else Status.FAILED
    except (SyntaxError, ValueError) as error:
        print(text_of(error), end="", file=sys.stderr, flush=True)
    except SystemExit as ended:
        return _status_of_exit(ended)
    else:
        return Status.FINE
    return Status.FAILED


def is_unread() -> bool:
    """Return whether nobody reads what is printed any more; what is printed from then on goes nowhere."""
    look = select.poll()
    look.register(sys.stdout, 0)
    if not look.poll(0):  # else the far end of the pipe is closed
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


def _talk(console: Console, linked: str) -> None:
    about = f'{linked}\nawait call("SERVICE.METHOD", ...), services, exchange; Ctrl-D ends it'
    try:
        console.interact(banner=about, exitmsg="")
    except SystemExit:
        return


def _status_of_exit(ended: SystemExit) -> int:
    """Return the status that a program ends with which calls ``exit``."""
    if ended.code is None or isinstance(ended.code, int):
        return ended.code or Status.FINE
    print(ended.code, file=sys.stderr)
    return Status.FAILED


class History:
    """The lines that were typed, kept from one shell to the next where Python has readline; and Tab."""

    def __init__(self, environ: Mapping[str, str], completer: Completer) -> None:
        state = environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
        self.file = Path(state) / "exchange" / "shell-history"
        self._completer = completer

    def __enter__(self) -> None:
        try:
            import readline
        except ImportError:
            return
        readline.set_completer(self._completer.complete)
        readline.parse_and_bind("tab: complete")
        readline.set_history_length(LONGEST_HISTORY)
        if self.file.exists():
            readline.read_history_file(self.file)

    def __exit__(self, *exception: object) -> None:
        try:
            import readline

            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.file.touch(mode=0o600)
            readline.write_history_file(self.file)
        except (ImportError, OSError):
            return
