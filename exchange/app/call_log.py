"""The log of calls, for whoever asks for it: a line for each call that a service of this process has answered.

It is written when the call has ended. While nobody asks for it, nothing of it is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.logger import Logger

from exchange.app.log_lines import trace_of
from exchange.errors import CallError
from exchange.routing.interest import BUILT_IN
from exchange.services.current import Begun, CurrentCall
from exchange.services.exchange import Exchange
from exchange.services.observing import View
from exchange.wire.identities import Id, maker_of, readable

NAMESPACE = "exchange.calls"
"""By which ``levels`` knows these lines."""

log = Logger(namespace=NAMESPACE)  # not of a class, or it would be called as that is


class CallLog:
    """Writes of the calls that come to the exchanges of a process, if that is wanted.

    Attributes:
        is_wanted: Whether it writes; see `change`.
    """

    def __init__(self, is_wanted: bool) -> None:
        self.is_wanted = is_wanted
        self._exchanges: list[Exchange] = []
        self._looks_on = False

    def add(self, exchange: Exchange) -> None:
        """Write of the calls to one more exchange."""
        self._exchanges.append(exchange)
        if self.is_wanted:
            self._looks_on = True
            self._observe(exchange)

    def change(self, is_wanted: bool) -> None:
        """Write from now on, or no more."""
        self.is_wanted = is_wanted
        if is_wanted and not self._looks_on:
            self._looks_on = True
            for exchange in self._exchanges:
                self._observe(exchange)

    def _observe(self, exchange: Exchange) -> None:
        def observe(name: str, begun: Begun) -> View | None:
            """Look on while a call is answered; what a hub asks itself, for its page or a scraper, is none."""
            asks_itself = name == BUILT_IN and maker_of(Id(begun[0][1])) == exchange.identity
            return CallView(name, begun) if self.is_wanted and not asks_itself else None

        exchange.observe(observe)


class CallView(View):
    """One call that is answered here."""

    def __init__(self, name: str, begun: Begun) -> None:
        self._name = name
        self._call = CurrentCall(begun)
        self._clock: Callable[[], float] = begun[3]
        self._began = begun[4]

    def ended(self, error: CallError | None) -> None:
        """Its caller is told what came of it."""
        if error is None:
            self._tell("reply", True)
        else:
            self._tell("failure", error.delivered, error=error.number, why=type(error).__name__)

    def cancelled(self) -> None:
        """Nobody waits for it any more."""
        self._tell("cancelled", None)

    def _tell(self, outcome: str, delivered: bool | None, **more: Any) -> None:
        call = self._call
        fields = {"user": call.user} if call.user is not None else {}
        fields |= trace_of(call.traceparent) if call.traceparent is not None else {}
        text = "call of {service}.{method} by {caller}: {result} after {seconds:.6f} s"
        log.info(
            text,
            service=self._name,
            method=call.method,
            call=readable(call.id),
            caller=readable(call.caller),
            principal=call.principal,
            outcome=outcome,
            result=f"{outcome} {more['error']}" if more else outcome,
            delivered=delivered,
            seconds=self._clock() - self._began,
            **fields,
            **more,
        )
