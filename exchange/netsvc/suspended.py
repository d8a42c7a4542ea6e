"""Suspended requests: whose methods have ended, and whose answers come later."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from exchange.netsvc.arity import Callback, with_one
from exchange.netsvc.jobs import PRIORITY_JOB
from exchange.netsvc.loop import Loop
from exchange.netsvc.request import Request

Run = Callable[[Request, Callable[[], Any]], Any]


class Suspended:
    """The suspended requests of one service, by the ids of their conversations.

    Args:
        run: Runs code with a request at hand; see `Offer.run`.
    """

    def __init__(self, loop: Loop, run: Run) -> None:
        self._loop = loop
        self._run = run
        self._parked: dict[str, tuple[Request, Callback]] = {}

    def __contains__(self, conversation_id: str) -> bool:
        return conversation_id in self._parked

    def park(self, request: Request, callback: Callback) -> None:
        """Keep a request until it is resumed, answered, or waited for no more."""
        conversation_id = request.conversationId()
        self._parked[conversation_id] = (request, callback)
        request.answer.addBoth(self._ended, conversation_id)

    def resume(self, conversation_id: str) -> None:
        """Have the callback of a request called, and what it returns sent; an id that is not here is ignored."""
        if conversation_id in self._parked:
            self._loop.jobs.schedule(partial(self._resume, conversation_id), PRIORITY_JOB)

    def take(self, conversation_id: str) -> Request | None:
        """Return a request, and keep it no more."""
        return self._parked.pop(conversation_id, (None, None))[0]

    def ids(self) -> list[str]:
        """Return the ids of all that are here."""
        return list(self._parked)

    def _resume(self, conversation_id: str) -> None:
        request, callback = self._parked.pop(conversation_id, (None, None))
        if request is not None and callback is not None:
            result = self._outcome(request, partial(callback, *with_one(callback, conversation_id)))
            if isinstance(result, Deferred):
                if result is not request.answer:
                    result.addBoth(request.settle)
            else:
                request.settle(result)

    def _outcome(self, request: Request, work: Callable[[], Any]) -> Any:
        """Return what code of the user gives: a value, a Deferred, or the `Failure` that it is."""
        try:
            return self._run(request, work)
        except Exception:
            return Failure()

    def _ended(self, outcome: Any, conversation_id: str) -> Any:
        self._parked.pop(conversation_id, None)
        return outcome
