"""What is done for a request of JSON-RPC: one call, or those of a batch, and what is answered.

Whether arguments must be made what a method is annotated with is found out once for
each description. A service that does not tell what it offers is called with what came.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

from twisted.internet.defer import CancelledError, Deferred, fail, gatherResults, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.server import Request

from exchange import BadArguments, CallError, Description, MethodUnavailable, UnsuitableValue
from exchange.gateways.caller import answer_later
from exchange.gateways.descriptions import Descriptions
from exchange.gateways.json_arguments import Arguments, Fit
from exchange.gateways.jsonrpc_errors import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    PARSE_ERROR,
    TellError,
    code_of,
    told_of,
    write_failure,
)
from exchange.gateways.jsonrpc_reader import Malformed, read_document, shown
from exchange.gateways.jsonrpc_request import Asked, Form, Invalid, RequestId, read_request
from exchange.gateways.jsonrpc_writer import write_answer
from exchange.gateways.openrpc import OWN, is_callable, openrpc_of
from exchange.gateways.site import GatewaySite
from exchange.gateways.visit import Visit

MAX_BATCH = 100

MAX_RESULTS = 16 * 2**20
"""Bytes that all answers to one batch may have together, unless told otherwise."""

DISCOVER = "rpc.discover"

MOST_UNHEARD = 1000
"""Notifications that may be under way after their senders were answered; those beyond are waited for."""

MOST_DISCOVERED = 16
"""Documents of `rpc.discover` that are remembered."""

ALWAYS_TAKEN = 1024
"""Bytes of an answer for which there is always room."""

PATIENCE = 1.0
"""Seconds for a service to tell what it offers, before it is called all the same."""


class JsonRpcCalls:
    """Answers requests to services.

    Args:
        max_batch: The most requests that one batch may hold.
        max_results: Bytes that all answers to one batch may have together.
        tell: What callers are told of a failure.
    """

    log = Logger()

    def __init__(
        self, *, max_batch: int = MAX_BATCH, max_results: int = MAX_RESULTS, tell: TellError = told_of
    ) -> None:
        self._max_batch = max_batch
        self._max_results = max_results
        self._tell = tell
        self._arguments = Arguments()
        self._unheard = 0

    def answer(self, request: Request, visit: Visit, descriptions: Descriptions) -> int:
        """Make the calls that a request asks for; a caller who hangs up ends those that were to be answered.

        Args:
            descriptions: Of the services that the visit may be to.
        """
        content: Any = request.content
        visit.to = descriptions.one_of(visit.to)
        try:
            answer = self._answer(content.read(), request, visit, descriptions)
        except Exception:
            answer = fail()
        return answer_later(request, answer, b"application/json", self._failed)

    def _answer(self, body: bytes, request: Request, visit: Visit, descriptions: Descriptions) -> Deferred[bytes]:
        try:
            document = read_document(body)
        except Malformed as error:
            return succeed(self._not_read(Form.TWO, None, PARSE_ERROR, str(error)))
        description = descriptions.known(visit.to)
        if description is None:
            return Deferred.fromCoroutine(self._answer_unknown(document, request, visit, descriptions))
        return self._answer_document(document, _Visited(visit, self._arguments.fits_of(description), request))

    async def _answer_unknown(self, document: Any, request: Request, visit: Visit, descriptions: Descriptions) -> bytes:
        """Answer when it is known what the service offers, or that it does not say so."""
        try:
            fits = self._arguments.fits_of(await descriptions.of(visit.to))
        except CallError:
            fits = {}
        except CancelledError:  # whoever waits for answers is gone; notifications go on
            notified = _notifications_in(document)
            if notified:
                Deferred.fromCoroutine(self._answer_unknown(notified, request, visit, descriptions))
            raise
        return await self._answer_document(document, _Visited(visit, fits, request))

    def _answer_document(self, document: Any, visited: _Visited) -> Deferred[bytes]:
        if type(document) is list:
            return Deferred.fromCoroutine(self._answer_batch(document, visited))
        return self._answer_one(document, visited, is_alone=True)

    async def _answer_batch(self, batch: list[Any], visited: _Visited) -> bytes:
        """Make as many calls at once as the connection may; their answers stand in the order of the requests."""
        if not 0 < len(batch) <= self._max_batch:
            text = f"a batch must hold 1 to {self._max_batch} requests, not {len(batch)}"
            return self._not_read(Form.TWO, None, INVALID_REQUEST, text)
        begun: list[Deferred[bytes]] = []
        results = _Results(self._max_results)
        try:
            for data in batch:
                while visited.visit.is_full:
                    await visited.visit.when_free()
                answer = self._answer_one(data, visited, is_alone=False)
                begun.append(answer.addCallback(self._shortened, data, results))
        except CancelledError:
            for answer in begun:
                answer.addErrback(_nothing).cancel()
            raise
        written = [answer for answer in await gatherResults(begun, consumeErrors=True) if answer]
        return b"[%s]" % b",".join(written) if written else b""

    def _answer_one(self, data: Any, visited: _Visited, *, is_alone: bool) -> Deferred[bytes]:
        """Return the answer to one request; that to a notification is empty, and usually not waited for."""
        try:
            asked = read_request(data, alone=is_alone)
        except Invalid as error:
            return succeed(self._not_read(error.form, error.id, INVALID_REQUEST, str(error)))
        try:
            answer = _carry_out(asked, visited)
        except Exception:
            answer = fail()
        answer.addErrback(self._write_failure, asked)
        return answer if asked.wants_answer else self._notified(answer, visited)

    def _notified(self, done: Deferred[bytes], visited: _Visited) -> Deferred[bytes]:
        """Return the answer to a notification: there is none, at once, unless too many are under way."""
        done.addCallback(_nothing)
        if self._unheard >= MOST_UNHEARD:  # whoever sends so many is slowed down, or they would take up the link
            return done
        self._unheard += 1
        visited.goes_on(done.addBoth(self._was_unheard))
        return succeed(b"")

    def _was_unheard(self, answer: object) -> None:
        self._unheard -= 1

    def _write_failure(self, failure: Failure, asked: Asked) -> bytes | Failure:
        error = failure.value
        if isinstance(error, CallError):
            return self._write_error(asked, error)
        if isinstance(error, CancelledError):
            return failure
        self.log.failure("a call could not be made", failure)
        return _internal(asked.form, asked.id)

    def _write_error(self, asked: Asked, error: CallError) -> bytes:
        try:
            told = self._tell(error)
            return write_failure(asked.form, asked.id, code_of(error, told.error), told)
        except Exception:
            self.log.failure("a failure could not be told")
            return _internal(asked.form, asked.id)

    def _not_read(self, form: Form, known_by: RequestId, code: int, text: str) -> bytes:
        """Return the answer to what is no request."""
        number = UnsuitableValue.CANNOT_DECODE_REQUEST
        return write_failure(form, known_by, code, self._tell(UnsuitableValue(text, number=number, delivered=False)))

    def _failed(self, failure: Failure) -> bytes:
        self.log.failure("a request could not be answered", failure)
        return _internal(Form.TWO, None)

    def _shortened(self, answer: bytes, data: Any, results: _Results) -> bytes:
        """Return the answer to a request of a batch, or that there is no room for it."""
        if results.take(answer):
            return answer
        number = UnsuitableValue.CANNOT_ENCODE_REPLY
        text = f"the answers to this batch have more than {results.limit} bytes together; ask for fewer at once"
        return self._write_error(read_request(data, alone=False), UnsuitableValue(text, number=number, delivered=True))


class _Visited(NamedTuple):
    """A visit, what makes the arguments of its methods fit, and the request that it is."""

    visit: Visit
    fits: Mapping[str, Fit]
    request: Request

    def goes_on(self, work: Deferred[Any]) -> None:
        """Have the site wait for what goes on after the request was answered, if it stops."""
        site = getattr(self.request, "site", None)
        if isinstance(site, GatewaySite) and not work.called:
            site.wait_for(work)


class _Results:
    """The bytes that the answers to one batch have together, and how many these may be."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._size = 0

    def take(self, answer: bytes) -> bool:
        """Whether there is room for an answer; there always is for the small ones that bring failures."""
        if self._size + len(answer) > self.limit and len(answer) > ALWAYS_TAKEN:
            return False
        self._size += len(answer)
        return True


def _carry_out(asked: Asked, visited: _Visited) -> Deferred[bytes]:
    """Return a Deferred of the answer; names that begin with ``rpc.`` are JSON-RPC's own."""
    method, args, kwargs = asked.method, asked.args, asked.kwargs
    if method == DISCOVER:
        if args or kwargs:
            raise BadArguments(f"{DISCOVER} takes no arguments", delivered=False)
        return visited.visit.describe().addCallback(_document).addCallback(partial(write_answer, asked))
    if not is_callable(method):
        own = f"; of its own, JSON-RPC has {DISCOVER} alone" if method.startswith(OWN) else ""
        raise MethodUnavailable(f"there is no method {shown(method)}{own}", delivered=False)
    if method in visited.fits:
        args, kwargs = visited.fits[method](args, kwargs)
    return visited.visit.call(method, args, kwargs).addCallback(partial(write_answer, asked))


def _notifications_in(document: Any) -> Any:
    """Return the part of a document that wants no answer."""
    if type(document) is list:
        return [data for data in document if _notifications_in(data)]
    return document if type(document) is dict and "method" in document and "id" not in document else None


@lru_cache(MOST_DISCOVERED)
def _document(description: Description) -> Any:
    """Return the document of a service; the next who asks gets the same."""
    return openrpc_of(description)


def _nothing(answer: object) -> bytes:
    return b""


def _internal(form: Form, known_by: Any) -> bytes:
    told = told_of(CallError("the gateway failed; its log says why"))
    return write_failure(form, known_by, INTERNAL_ERROR, told)
