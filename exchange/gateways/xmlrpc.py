"""XML-RPC over HTTP: a POST to the path of a service becomes a call.

::

    root = Resource()
    root.putChild(b"rpc", XmlRpcGateway(exchange, "web-services"))
    serverFromString(reactor, "tcp:8000").listen(GatewaySite(root, reactor))

Service ``math`` is then at ``/rpc/math``, as long as it is in the group.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar, Unpack
from warnings import catch_warnings, simplefilter

from twisted.internet.defer import Deferred, fail, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.server import Request

from exchange import CallError, Description, Exchange, MethodUnavailable
from exchange.gateways.caller import answer_later
from exchange.gateways.descriptions import Descriptions
from exchange.gateways.face import Face
from exchange.gateways.faults import Faults, fault_of
from exchange.gateways.json_arguments import Arguments, Fit
from exchange.gateways.selection import Selection
from exchange.gateways.terms import Terms
from exchange.gateways.visit import Visit
from exchange.gateways.xmlrpc_reader import read_call
from exchange.gateways.xmlrpc_system import MAX_BATCH, SYSTEM_METHODS, Caller, asked_in
from exchange.gateways.xmlrpc_types import XmlRpcTypes
from exchange.gateways.xmlrpc_usual import read_usual
from exchange.gateways.xmlrpc_writer import AnswerWriter, BigIntegers, NoneAs, Written

with catch_warnings():  # the module makes use of a class that Twisted itself deprecates
    simplefilter("ignore", DeprecationWarning)
    from twisted.web.xmlrpc import XMLRPC


WRITER = AnswerWriter()
GATEWAY_FAILED = fault_of(CallError("the gateway failed; its log says why"))

LONGEST_METHOD = 255
"""In bytes; no name is longer in an exchange."""

PATIENCE = 1.0
"""Seconds for a service to tell what it offers, before it is called all the same."""

Call = Callable[..., Deferred[Any]]

_CHARSET = re.compile(rb""";[ \t]*charset="?([^\s;"]+)""", re.IGNORECASE)


class XmlRpcGateway(Face):
    """A resource of `twisted.web` that shows services to XML-RPC.

    Args:
        exchange: As all others but these, see `Face` and `Settings`.
        none: How ``None`` travels: as ``"nil"``, not at all (``"refuse"``), or ``"empty"``: as an empty string.
        big_integers: How whole numbers beyond 32 bits travel: as ``"i8"``, not at all (``"refuse"``), or
            as ``"text"``.
        max_batch: The most calls that one ``system.multicall`` may hold.
        faults: What callers are told of a failure.

    Raises:
        ConfigurationError: There is no such choice, or way.
    """

    face: ClassVar[str] = "xmlrpc"

    def __init__(
        self,
        exchange: Exchange,
        shown: Selection | str | Iterable[str] = "web-services",
        *,
        none: NoneAs = "nil",
        big_integers: BigIntegers = "i8",
        max_batch: int = MAX_BATCH,
        faults: Faults = fault_of,
        **terms: Unpack[Terms],
    ) -> None:
        super().__init__(exchange, shown, **terms)
        self.descriptions = Descriptions(exchange, timeout=PATIENCE)
        self.arguments = Arguments(XmlRpcTypes)
        self.writer = AnswerWriter(none, big_integers)
        self.max_batch = max_batch
        self.faults = faults

    def answer(self, request: Request, visit: Visit) -> int:
        """Make the call that a request asks for."""
        visit.to = self.descriptions.one_of(visit.to)
        return ShownProcedures(self, visit).render_POST(request)


class Procedures(XMLRPC):
    """The methods of one service, as procedures of XML-RPC.

    Args:
        call: Takes the name of a method, and its arguments.
        faults: What callers are told of a failure.
        writer: Writes the answers.
    """

    log = Logger()

    def __init__(self, call: Call, faults: Faults, writer: AnswerWriter = WRITER) -> None:
        super().__init__(allowNone=True)
        self._call = call
        self._faults = faults
        self._writer = writer

    def lookupProcedure(self, procedurePath: str) -> Any:
        """Return a function that calls a method, whose name is taken whole; whether there is one, the service says.

        Raises:
            MethodUnavailable: There can be none of this name.
        """
        if len(procedurePath.encode()) > LONGEST_METHOD:
            raise MethodUnavailable(f"no method has a name as long as '{procedurePath[:40]}...'", delivered=False)
        return partial(self._call, procedurePath)

    def render_POST(self, request: Request) -> int:
        """Make the call that a request asks for; a caller who hangs up ends it."""
        content: Any = request.content
        answer = self._begun(content.read(), charset_of(request)).addCallback(self._writer.result)
        return answer_later(request, answer.addErrback(self._failed), b"text/xml; charset=utf-8", self._unexpected)

    def _begun(self, body: bytes, charset: str) -> Deferred[Any]:
        try:
            method, args = read_usual(body, charset) or read_call(body, charset)
            begun: Deferred[Any] = self.lookupProcedure(method)(*args)
            return begun
        except Exception:
            return fail()

    def _failed(self, failure: Failure) -> bytes:
        failure.trap(CallError)
        error: Any = failure.value
        return self._writer.fault(self._faults(error))

    def _unexpected(self, failure: Failure) -> bytes:
        self.log.failure("a call could not be made", failure)
        return self._writer.fault(GATEWAY_FAILED)


class ShownProcedures(Procedures):
    """The methods of a service that a gateway shows, and what the gateway itself can be asked.

    Args:
        gateway: Knows how to answer.
        visit: Makes the calls.
    """

    def __init__(self, gateway: XmlRpcGateway, visit: Visit) -> None:
        super().__init__(self._make_call, gateway.faults, gateway.writer)
        self._gateway = gateway
        self._visit = visit
        self._fits: Mapping[str, Fit] = {}

    def lookupProcedure(self, procedurePath: str) -> Any:
        """Return a function that makes a call; `system.listMethods` and the like are answered here."""
        own = SYSTEM_METHODS.get(procedurePath)
        if own is None:
            return super().lookupProcedure(procedurePath)
        gateway = self._gateway
        limits = gateway.max_batch, gateway.writer.has_nil
        return partial(own.call, procedurePath, Caller(self._visit, self._describe, self._entry, self._fault, *limits))

    def _describe(self) -> Deferred[Description]:
        known = self._gateway.descriptions.known(self._visit.to)
        return self._visit.describe() if known is None else succeed(known)

    def _begun(self, body: bytes, charset: str) -> Deferred[Any]:
        known = self._gateway.descriptions.known(self._visit.to)
        if known is None:
            return Deferred.fromCoroutine(self._begun_later(body, charset))
        self._fits = self._gateway.arguments.fits_of(known)
        return super()._begun(body, charset)

    async def _begun_later(self, body: bytes, charset: str) -> Any:
        """Begin when it is known what the service offers, or that it does not say so."""
        with suppress(CallError):
            self._fits = self._gateway.arguments.fits_of(await self._gateway.descriptions.of(self._visit.to))
        return await super()._begun(body, charset)

    def _make_call(self, method: str, *args: Any) -> Deferred[Any]:
        if method in self._fits:
            return self._visit.call(method, self._fits[method]([*args], {})[0])
        return self._visit.call(method, args)

    async def _entry(self, call: Any) -> Written:
        """Make one of several calls, and return what stands for it among them."""
        try:
            method, args = asked_in(call)
            return self._writer.value([self._writer.value(await self.lookupProcedure(method)(*args))])
        except CallError as error:
            return self._fault(error)

    def _fault(self, error: CallError) -> Written:
        return self._writer.fault_value(self._faults(error))


def charset_of(request: Request) -> str:
    """Return how the content type of a request says that its body is encoded; empty if it says nothing."""
    for value in request.requestHeaders.getRawHeaders(b"content-type", ()):
        found = _CHARSET.search(value)
        if found:
            return found[1].decode("latin-1")
    return ""
