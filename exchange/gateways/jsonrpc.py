"""JSON-RPC over HTTP: a POST to the path of a service becomes a call, or several.

::

    root = Resource()
    root.putChild(b"jsonrpc", JsonRpcGateway(exchange, "web-services"))
    serverFromString(reactor, "tcp:8000").listen(GatewaySite(root, reactor))

Service ``math`` is then at ``/jsonrpc/math``, as long as it is in the group.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Unpack

from twisted.internet.defer import CancelledError, Deferred, gatherResults
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.server import Request

from exchange import BadArguments, CallError, Exchange, MethodUnavailable
from exchange.gateways.caller import answer_later
from exchange.gateways.face import Face
from exchange.gateways.jsonrpc_errors import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    PARSE_ERROR,
    TellError,
    code_of,
    told_of,
    unreadable,
    write_failure,
)
from exchange.gateways.jsonrpc_reader import Malformed, read_document
from exchange.gateways.jsonrpc_request import Asked, Form, Invalid, read_request
from exchange.gateways.jsonrpc_writer import write_json, write_result
from exchange.gateways.openrpc import openrpc_of
from exchange.gateways.refusals import JSON, Media
from exchange.gateways.selection import Selection
from exchange.gateways.terms import Terms
from exchange.gateways.visit import Visit

MAX_BATCH = 100
DISCOVER = "rpc.discover"
MOST_UNHEARD = 1000
"""Notifications that may be under way after their senders were answered; those beyond are waited for."""

LONGEST_METHOD = 255
"""In bytes; no name is longer in an exchange."""


class JsonRpcGateway(Face):
    """A resource of `twisted.web` that shows services to JSON-RPC.

    Args:
        exchange: As all others but the last two, see `Face`.
        max_batch: The most requests that one batch may hold.
        tell: What callers are told of a failure.

    Raises:
        ConfigurationError: There is no such choice.
    """

    media: ClassVar[Media] = JSON
    log = Logger()

    def __init__(
        self,
        exchange: Exchange,
        shown: Selection | str | Iterable[str] = "web-services",
        *,
        max_batch: int = MAX_BATCH,
        tell: TellError = told_of,
        **terms: Unpack[Terms],
    ) -> None:
        super().__init__(exchange, shown, **terms)
        self._max_batch = max_batch
        self._tell = tell
        self._unheard = 0

    def answer(self, request: Request, visit: Visit) -> int:
        """Make the calls that a request asks for; a caller who hangs up ends those that were to be answered."""
        content: Any = request.content
        answer = Deferred.fromCoroutine(self._answer(content.read(), visit))
        return answer_later(request, answer, b"application/json", self._failed)

    async def _answer(self, body: bytes, visit: Visit) -> bytes:
        try:
            document = read_document(body)
        except Malformed as error:
            return write_failure(Form.TWO, None, PARSE_ERROR, unreadable(str(error))).encode()
        if isinstance(document, list):
            return (await self._answer_batch(document, visit)).encode()
        return (await self._answer_one(document, visit)).encode()

    async def _answer_batch(self, batch: list[Any], visit: Visit) -> str:
        """Make all calls at once; their answers stand in the order of the requests."""
        if not 0 < len(batch) <= self._max_batch:
            text = f"a batch must hold 1 to {self._max_batch} requests, not {len(batch)}"
            return write_failure(Form.TWO, None, INVALID_REQUEST, unreadable(text))
        begun = [Deferred.fromCoroutine(self._answer_one(data, visit, alone=False)) for data in batch]
        written = [answer for answer in await gatherResults(begun, consumeErrors=True) if answer]
        return f"[{','.join(written)}]" if written else ""

    async def _answer_one(self, data: Any, visit: Visit, *, alone: bool = True) -> str:
        """Return the answer to one request; that to a notification is empty, and usually not waited for."""
        try:
            asked = read_request(data, alone=alone)
        except Invalid as error:
            return write_failure(error.form, error.id, INVALID_REQUEST, unreadable(str(error)))
        if asked.wants_answer:
            return await self._answer_to(asked, visit)
        if self._unheard < MOST_UNHEARD:
            self._unheard += 1
            Deferred.fromCoroutine(self._answer_to(asked, visit)).addBoth(self._was_unheard)
        else:  # whoever sends so many is slowed down, or they would take up the link to the hub
            await self._answer_to(asked, visit)
        return ""

    def _was_unheard(self, answer: object) -> None:
        self._unheard -= 1

    async def _answer_to(self, asked: Asked, visit: Visit) -> str:
        try:
            return self._write(asked, await self._carry_out(asked, visit))
        except CallError as error:
            return self._write_error(asked, error)
        except CancelledError:
            raise
        except Exception:
            self.log.failure("a call could not be made")
            return self._internal(asked.form, asked.id)

    def _carry_out(self, asked: Asked, visit: Visit) -> Deferred[Any]:
        """Return a Deferred of the result; names that begin with ``rpc.`` are JSON-RPC's own."""
        if asked.method == DISCOVER:
            if asked.args or asked.kwargs:
                raise BadArguments(f"{DISCOVER} takes no arguments", delivered=False)
            return visit.describe().addCallback(openrpc_of)
        if asked.method.startswith("rpc.") or not 0 < len(asked.method.encode()) <= LONGEST_METHOD:
            raise MethodUnavailable(f"there is no method '{asked.method[:40]}'", delivered=False)
        return visit.call(asked.method, asked.args, asked.kwargs)

    def _write(self, asked: Asked, result: Any) -> str:
        known_by = write_json(asked.id)
        if asked.form is Form.ONE:
            return f'{{"result":{write_result(result)},"error":null,"id":{known_by}}}'
        return f'{{"jsonrpc":"2.0","result":{write_result(result)},"id":{known_by}}}'

    def _write_error(self, asked: Asked, error: CallError) -> str:
        try:
            told = self._tell(error)
            return write_failure(asked.form, asked.id, code_of(error, told.error), told)
        except Exception:
            self.log.failure("a failure could not be told")
            return self._internal(asked.form, asked.id)

    def _failed(self, failure: Failure) -> bytes:
        self.log.failure("a request could not be answered", failure)
        return self._internal(Form.TWO, None).encode()

    @staticmethod
    def _internal(form: Form, known_by: Any) -> str:
        told = told_of(CallError("the gateway failed; its log says why"))
        return write_failure(form, known_by, INTERNAL_ERROR, told)
