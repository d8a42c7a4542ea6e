"""Does the work of a verb over a link to a hub of its own, and ends with a status.

This is how a verb is written. It is a module of `exchange.app.cli` with two functions, and
has a line in `exchange.app.cli.verbs`; Twisted is imported once there is something to do::

    EXAMPLES = \"""\\
    examples:
      exchange groups
      exchange groups -o json
    \"""

    FIELDS = (Field("group", width=20), Field("services"), Field("count", "instances", is_number=True))

    def parser() -> argparse.ArgumentParser:
        made = parser_of("groups", "Tell which service groups there are.", EXAMPLES)
        add_timeout(made)
        add_output_options(made)
        add_link_options(made)
        return made

    def run(words: Sequence[str]) -> Status:
        options = parser().parse_args(list(words))
        from exchange.app.cli.working import do

        return do("groups", options, _groups)

    async def _groups(work: Work) -> None:
        counted = Counter(group for presence in await work.presences() for group in presence.groups)
        work.output.rows(FIELDS, [{"group": name, "count": n} for name, n in counted.items()], none="no groups")

The work may return another status than fine, and raise any `ExchangeError`: one line on standard
error tells it, and the status is that of `status_of`. A verb that goes on, such as ``watch``,
begins what it hears by ``work.output.stream`` and awaits ``work.stay()``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.defer import TimeoutError as TimeIsUp
from twisted.internet.task import deferLater

from exchange.app.cli.dialling import PAUSE, exchange_to_dial, link
from exchange.app.cli.linking import asked_hubs, asked_links, surroundings
from exchange.app.cli.output import Output
from exchange.app.cli.running import Run
from exchange.app.cli.status import Status, status_of
from exchange.app.plan import hubs_to_dial
from exchange.errors import CallError, CallRefused, CallTimeout, ConfigurationError, ExchangeError
from exchange.net.retry import constant
from exchange.services.exchange import Exchange
from exchange.services.presence import Presence
from exchange.wire.telling import plain

LAST_OWN_NUMBER = 99
"""Numbers up to here are those of `exchange.errors`, and known by their words."""

UNCERTAIN = "whether the call was carried out is not known"

USUAL_PATIENCE = 30.0

LOOK = 0.05
"""Seconds between two looks for somebody who is waited for."""


class Work:
    """What a verb works with, once it is linked.

    Attributes:
        exchange: Is linked to a hub, and stopped when the verb ends.
        options: What the words of the command came to.
        output: Prints in the form that was asked for.
        patience: Seconds that one answer may take.
        linked_in: Seconds that it took to be linked.
        is_left: Whether it is time to end.
    """

    def __init__(self, exchange: Exchange, options: argparse.Namespace, output: Output, linked_in: float) -> None:
        self.exchange = exchange
        self.options = options
        self.output = output
        self.patience: float = getattr(options, "timeout", USUAL_PATIENCE)
        self.linked_in = linked_in
        self._began = self.reactor.seconds() - linked_in
        self.is_left = False
        self._refused: CallRefused | None = None
        self._waiting: Deferred[None] | None = None
        output.ended = self.leave
        exchange.denied = self._denied

    @property
    def reactor(self) -> Any:
        """The reactor that runs."""
        return self.exchange.reactor

    @property
    def hub(self) -> str:
        """What people call the hub that we are linked with."""
        return " and ".join(port.title for port in self.exchange._switch.hubs) or "no hub"

    @property
    def wait(self) -> float:
        """What is left of the seconds for which the option ``--wait`` lets one wait for somebody to appear."""
        asked: float = getattr(self.options, "wait", 0.0)
        left: float = asked - (self.reactor.seconds() - self._began)
        return max(0.0, left)

    async def call(self, to: str | bytes, method: str, *args: Any) -> Any:
        """Call a method, for as long as ``--timeout`` says."""
        return await self.exchange.call(to, method, *args, timeout=self.patience)

    async def presences(
        self, name: str | None = None, group: str | None = None, pattern: str | None = None
    ) -> list[Presence]:
        """Return the instances that fit and that the hub lets us know of.

        If there are none, they are waited for as long as the option ``--wait`` says.

        Raises:
            CallTimeout: The hub did not show all it knows in time.
            ConfigurationError: The name, the group or the pattern cannot be one.
        """
        try:
            watch = self.exchange.watch(name, group, pattern)
        except ValueError as error:
            raise ConfigurationError(str(error)) from None
        try:
            await watch.complete.addTimeout(self.patience, self.reactor)
            while not watch.instances and self.wait:
                await deferLater(self.reactor, LOOK)
            return watch.instances
        except TimeIsUp:
            text = f"the hub did not show within {self.patience:g} seconds who is there"
            raise CallTimeout(text, delivered=False) from None
        finally:
            watch.cancel()

    async def until(self, wanted: Deferred[Any], text: str) -> None:
        """Return when ``wanted`` fires.

        Raises:
            CallTimeout: It did not in time; ``text`` says who did not do what.
            CallRefused: As of `stay`.
        """
        wanted.addCallback(lambda _: self._wake())
        if not wanted.called:
            await self.stay(self.patience)
        if not wanted.called:
            raise CallTimeout(f"{text} within {self.patience:g} seconds", delivered=False)

    async def stay(self, seconds: float | None = None) -> None:
        """Return after so many seconds, or never; sooner when nobody reads the output any more, or on `leave`.

        Raises:
            CallRefused: The hub denies us what we offered or subscribed to.
        """
        self.check()
        if self.is_left:
            return
        self._waiting = waiting = Deferred[None]()
        timer = None if seconds is None else self.reactor.callLater(seconds, self._wake)
        try:
            await waiting
        finally:
            self._waiting = None
            if timer is not None and timer.active():
                timer.cancel()
        self.check()

    def leave(self) -> None:
        """End `stay`, now and from now on."""
        self.is_left = True
        self._wake()

    def check(self) -> None:
        """Raise `CallRefused` if the hub has denied us something."""
        if self._refused:
            raise self._refused

    def _denied(self, text: str) -> None:
        self._refused = CallRefused(text, delivered=False)
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            waiting.callback(None)


Doing = Callable[[Work], Awaitable[Status | None]]


def do(verb: str, options: argparse.Namespace, doing: Doing, *, linked: bool = True) -> Status:
    """Link with the hub that ``options`` say, do something, and return how it ended.

    What goes wrong is one line on standard error.

    Args:
        linked: Whether to begin only once a hub has welcomed us; else hubs are dialled again and again.
    """
    from twisted.internet import reactor

    output = Output(getattr(options, "output", "text"))
    try:
        status = Run(reactor, lambda: Deferred.fromCoroutine(_done(reactor, options, output, doing, linked))).to_end()
        if output.failure:
            raise output.failure
    except CancelledError:
        return Status.INTERRUPTED
    except ExchangeError as error:
        print(f"exchange {verb}: {text_of(error)}", file=sys.stderr)
        return status_of(error)
    return Status.FINE if status is None else status


async def _done(reactor: Any, options: argparse.Namespace, output: Output, doing: Doing, linked: bool) -> Status | None:
    environ: Mapping[str, str] = surroundings(options, os.environ)
    links = asked_links(options, environ)
    hubs = hubs_to_dial(reactor, *asked_hubs(options, environ))
    exchange = exchange_to_dial(reactor, links, options, environ)
    began = reactor.seconds()
    try:
        patience = getattr(options, "timeout", USUAL_PATIENCE)
        if linked:
            await link(exchange, hubs, wait=getattr(options, "wait", 0.0), patience=patience)
        else:
            exchange.connect(*hubs, retry=constant(PAUSE))
        return await doing(Work(exchange, options, output, reactor.seconds() - began))
    finally:
        await exchange.stopService()


def text_of(error: Exception) -> str:
    """Return what is said of an error, in one line without anything that commands a terminal."""
    text = plain(" ".join(f"{error}{_particulars(error)}".split()))
    is_uncertain = isinstance(error, CallError) and error.delivered is None
    return f"{text}; {UNCERTAIN}" if is_uncertain and status_of(error) in _UNCERTAIN else text


_UNCERTAIN = {Status.UNKNOWN, Status.TIMED_OUT}


def _particulars(error: Exception) -> str:
    """Return what a method said by raising `CallError`, besides the description."""
    if not isinstance(error, CallError):
        return ""
    number = f"error {error.number}" if error.number > LAST_OWN_NUMBER or error.origin else ""
    origin = f" from {error.origin}" if error.origin else ""
    details = f": {error.details}" if error.details else ""
    return f" ({number}{origin}){details}" if number else details
