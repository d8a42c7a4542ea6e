"""The methods of services, as operations of SOAP: a request to one becomes a call, or shows the WSDL.

It knows nothing of where a service is found and who may call it: any resource that does
can answer with it.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any
from urllib.parse import quote

from lxml import etree
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.server import Request

from exchange import CallError, Description
from exchange.gateways.caller import answer_later
from exchange.gateways.descriptions import Descriptions
from exchange.gateways.jsonrpc_errors import TellError, Told, told_of, unreadable
from exchange.gateways.soap_envelope import Envelope, Rejected, read_envelope, write_envelope
from exchange.gateways.soap_faults import code_of, fault_text_of, write_fault
from exchange.gateways.soap_reader import find_method, read_arguments
from exchange.gateways.soap_version import Code, Version
from exchange.gateways.soap_writer import write_result
from exchange.gateways.visit import Visit
from exchange.gateways.wsdl import wsdl_of

_HOST = re.compile(rb"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
FAILED = CallError("the gateway failed; its log says why")


class Operations:
    """Answers requests to services.

    Args:
        descriptions: What they offer.
        tell: What callers are told of a failure.
        any_namespace: Whether a method is known by its name alone, whatever the namespace of its element is.
    """

    log = Logger()

    def __init__(self, descriptions: Descriptions, tell: TellError = told_of, *, any_namespace: bool = False) -> None:
        self._descriptions = descriptions
        self._tell = tell
        self._any_namespace = any_namespace

    def answer(self, request: Request, visit: Visit) -> Any:
        """Answer a request: show what there is to one that only asks, else make the call that it asks for.

        A caller who hangs up ends the call.
        """
        visit.to = self._descriptions.one_of(visit.to)
        if request.method != b"POST":
            shown = Deferred.fromCoroutine(self._show(request, visit))
            return self._later(request, shown, Version.ONE)
        content: Any = request.content
        try:
            envelope = read_envelope(content.read(), request.getHeader("content-type") or "")
        except Rejected as error:
            return self._reject(request, error)
        return self._later(request, Deferred.fromCoroutine(self._call(request, visit, envelope)), envelope.version)

    def _later(self, request: Request, answer: Deferred[bytes], version: Version) -> int:
        return answer_later(request, answer, version.content_type, partial(self._failed, request, version))

    async def _call(self, request: Request, visit: Visit, envelope: Envelope) -> bytes:
        version, wrapper = envelope
        try:
            description = await self._description(visit)
            if self._any_namespace:
                wrapper.tag = etree.QName(wrapper).localname
            method = find_method(wrapper, description)
            args, kwargs = read_arguments(wrapper, method, description)
            result = await visit.call(method.name, args, kwargs)
            return write_envelope(version, write_result(result, method, description))
        except CallError as error:
            return self._fault(request, version, code_of(error), self._tell(error))

    async def _show(self, request: Request, visit: Visit) -> bytes:
        try:
            return wsdl_of(await self._description(visit), location_of(request))
        except CallError as error:
            return self._fault(request, Version.ONE, code_of(error), self._tell(error))

    async def _description(self, visit: Visit) -> Description:
        known = self._descriptions.known(visit.to)
        if known is None:
            known = await visit.told(self._descriptions.of(visit.to))
        return known

    def _reject(self, request: Request, error: Rejected) -> bytes:
        """Return the answer to what is no envelope that is taken."""
        request.setHeader(b"content-type", error.version.content_type)
        request.setResponseCode(error.version.status(error.code))
        told = unreadable(str(error)) if error.code is Code.CLIENT else None
        return write_fault(error.version, error.code, str(error), told, error.not_understood)

    def _fault(self, request: Request, version: Version, code: Code, told: Told) -> bytes:
        request.setResponseCode(version.status(code))
        return write_fault(version, code, fault_text_of(told), told)

    def _failed(self, request: Request, version: Version, failure: Failure) -> bytes:
        self.log.failure("a call could not be made", failure)
        return self._fault(request, version, Code.SERVER, told_of(FAILED))


def is_for_wsdl(request: Request) -> bool:
    """Whether a request only asks what a service offers: a GET of ``?wsdl``."""
    names = {part.partition(b"=")[0].lower() for part in request.uri.partition(b"?")[2].split(b"&")}
    return request.method in (b"GET", b"HEAD") and b"wsdl" in names


def location_of(request: Request) -> str:
    """Return where the service of a request is on the web, as whoever asked has called it."""
    host = request.getHeader(b"host") or b""
    if not _HOST.fullmatch(host):
        address: Any = request.getHost()
        host = f"{getattr(address, 'host', 'localhost')}:{getattr(address, 'port', 80)}".encode()
    scheme = "https" if request.isSecure() else "http"
    path = request.path.partition(b"?")[0]
    return f"{scheme}://{host.decode()}{quote(path, safe='/%:@!$&()*+,;=~')}"
