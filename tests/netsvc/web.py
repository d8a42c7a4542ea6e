"""Requests over HTTP to a daemon of netsvc in memory."""

from __future__ import annotations

from typing import Any, NamedTuple
from xmlrpc.client import Fault, dumps, loads

from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from tests.netsvc.site import Site


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes


def ask(
    site: Site,
    reactor: Any,
    path: str,
    http_method: str = "GET",
    body: bytes = b"",
    authorization: str = "",
    *headers: str,
) -> Answer:
    """Ask what listens in a process for a path; time passes until it answers, five seconds at most."""
    factory = reactor.tcpServers[-1][1]
    protocol, transport = factory.buildProtocol(None), StringTransport()
    protocol.makeConnection(transport)
    head = f"{http_method} {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    head += f"Authorization: {authorization}\r\n" if authorization else ""
    head += "".join(f"{header}\r\n" for header in headers) + "\r\n"
    protocol.dataReceived(head.encode() + body)
    site.settle()
    for _ in range(20):
        if transport.value():
            break
        site.clock.advance(0.25)
    head_came, _, body_came = transport.value().partition(b"\r\n\r\n")
    protocol.connectionLost(Failure(ConnectionDone()))
    site.settle()
    assert head_came, "no answer"
    return Answer(int(head_came.split()[1]), body_came)


def call(site: Site, reactor: Any, path: str, method: str, *params: Any, authorization: str = "") -> Any:
    """Call a method by XML-RPC; return the result, or the fault as code and text."""
    answer = ask(site, reactor, path, "POST", dumps(params, method).encode(), authorization)
    assert answer.status == 200, answer
    try:
        return loads(answer.body)[0][0]
    except Fault as fault:
        return fault.faultCode, fault.faultString
