"""Conversations: the calls that a service has made, and who is to be told of their outcome.

Exactly one outcome is told of each: a result, a failure, or that the time is up. It
is told in a later turn than that of the call, so there is always time to register.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.python import failure as twisted_failure

from exchange import UnsuitableValue
from exchange.netsvc.codes import CLIENT_REQUEST_TIMEOUT
from exchange.netsvc.failures import ServiceFailure, failure_of, standard_failure
from exchange.netsvc.jobs import PRIORITY_JOB
from exchange.netsvc.loop import Loop
from exchange.netsvc.records import Failure, Response

Outcome = Response | Failure
Told = Callable[[Any], object]
"""Is called with the outcome."""


class Conversation:
    """One call, until its outcome was told.

    Attributes:
        answer: Fires with the answer; to cancel it is to stop waiting.
        told_result: Is told of a result, if anybody is.
        told_failure: Is told of a failure, if anybody is.
        timer: Ends it before its time is up, if it has any.
    """

    def __init__(self, answer: Deferred[Any]) -> None:
        self.answer = answer
        self.told_result: Told | None = None
        self.told_failure: Told | None = None
        self.timer: IDelayedCall | None = None

    @property
    def is_registered(self) -> bool:
        """Whether anybody is told."""
        return bool(self.told_result or self.told_failure)

    def stop_timer(self) -> None:
        """Let the time pass."""
        if self.timer is not None and self.timer.active():
            self.timer.cancel()
        self.timer = None


class Conversations:
    """The calls of one service."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._open: dict[str, Conversation] = {}
        self._last: str | None = None

    def begin(self, conversation_id: str, make: Callable[[], Deferred[Any]]) -> str:
        """Make a call under an id, and return the id.

        Raises:
            ServiceFailure: The arguments cannot be sent.
        """
        self._last = None
        answer = make()
        _raise_unsendable(answer)
        self._open[conversation_id] = Conversation(answer)
        self._last = conversation_id
        answer.addCallbacks(
            lambda result: self._came(conversation_id, Response(conversation_id, result)),
            lambda failure: self._came(conversation_id, Failure(conversation_id, failure_of(failure.value))),
        )
        return conversation_id

    def forget_last(self) -> None:
        """Let nobody register for what was called last: a call was tried that could not be made."""
        self._last = None

    def register(
        self,
        conversation_id: str | None,
        told_result: Told | None = None,
        told_failure: Told | None = None,
        timeout: float | None = None,
    ) -> None:
        """Have callbacks told of the outcome of the last call.

        Raises:
            RuntimeError: The id is not that of the last call, or its outcome came already and nobody was told.
        """
        if conversation_id is None:
            return
        conversation = self._open.get(conversation_id)
        if conversation_id != self._last or conversation is None:
            raise RuntimeError("a callback must be registered right after the call, before another one is made")
        conversation.told_result = told_result or conversation.told_result
        conversation.told_failure = told_failure or conversation.told_failure
        if timeout is not None:
            conversation.stop_timer()
            time_out = partial(self._time_out, conversation_id)
            conversation.timer = self._loop.reactor.callLater(max(0.0, timeout), time_out)

    def is_pending(self, conversation_id: str) -> bool:
        """Tell whether somebody waits for the outcome of a call."""
        conversation = self._open.get(conversation_id)
        return conversation is not None and conversation.is_registered

    def ignore(self, conversation_id: str) -> None:
        """Tell nobody of the outcome of a call; the call itself goes on."""
        conversation = self._open.pop(conversation_id, None)
        if conversation is not None:
            conversation.stop_timer()

    def pending(self) -> list[str]:
        """Return the ids of the calls for whose outcome somebody waits."""
        return [each for each in self._open if self.is_pending(each)]

    def cancel(self, conversation_id: str, failure: ServiceFailure) -> None:
        """Give a call up, and tell this failure; one that is over is ignored."""
        if conversation_id in self._open:
            self._give_up(conversation_id, failure)

    def ignore_all(self) -> None:
        """Tell nobody of anything any more."""
        for conversation_id in list(self._open):
            self.ignore(conversation_id)
        self._last = None

    def _came(self, conversation_id: str, outcome: Outcome) -> None:
        conversation = self._open.get(conversation_id)
        if conversation is not None:
            conversation.stop_timer()
            self._loop.jobs.schedule(partial(self._deliver, conversation_id, outcome), PRIORITY_JOB)

    def _deliver(self, conversation_id: str, outcome: Outcome) -> None:
        conversation = self._open.pop(conversation_id, None)
        if conversation is None:
            return
        conversation.stop_timer()
        told = conversation.told_result if isinstance(outcome, Response) else conversation.told_failure
        if told is not None:
            told(outcome)

    def _time_out(self, conversation_id: str) -> None:
        self._give_up(conversation_id, standard_failure(CLIENT_REQUEST_TIMEOUT))

    def _give_up(self, conversation_id: str, failure: ServiceFailure) -> None:
        outcome = Failure(conversation_id, failure)
        self._loop.jobs.schedule(partial(self._deliver, conversation_id, outcome), PRIORITY_JOB)
        self._open[conversation_id].answer.cancel()


def _raise_unsendable(answer: Deferred[Any]) -> None:
    """Raise what a call failed with because its arguments cannot be sent; that is the caller's mistake."""
    outcome = getattr(answer, "result", None)
    if not isinstance(outcome, twisted_failure.Failure):
        return
    error = outcome.value
    if isinstance(error, UnsuitableValue) and error.number == UnsuitableValue.CANNOT_ENCODE_REQUEST:
        answer.addErrback(lambda _: None)
        raise failure_of(error)
