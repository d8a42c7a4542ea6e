"""What is fuzzed of the bodies of requests: one document in each protocol, to what it asks for."""

from __future__ import annotations

from json import loads as json_loads
from typing import Any
from xmlrpc.client import loads as xmlrpc_loads

from exchange import CallError, UnsuitableValue
from exchange.gateways.jsonrpc_reader import Malformed, read_document
from exchange.gateways.jsonrpc_request import Invalid, read_request
from exchange.gateways.jsonrpc_writer import write_answer, write_json
from exchange.gateways.soap_envelope import Rejected, read_envelope
from exchange.gateways.soap_reader import find_method, read_arguments
from exchange.gateways.xmlrpc_reader import Asked, read_call
from exchange.gateways.xmlrpc_usual import read_usual
from exchange.gateways.xmlrpc_writer import AnswerWriter
from exchange.testing import Network
from tests.gateways.plant import Plant

LONGEST_TOLD = 1_000
"""In characters; what is told of a document does not repeat it."""

CHARSETS = ["", "utf-8", "us-ascii", "iso-8859-1", "utf-16", "windows-1252", "idna", "\xe9"]
KINDS = [
    "",
    "text/xml",
    "text/xml; charset=utf-8",
    "application/soap+xml; charset=utf-8",
    "text/xml; charset=utf-16",
    "text/xml; charset=iso-8859-1",
    'application/soap+xml; charset="idna"; action="add"',
]


def xmlrpc(data: bytes) -> None:
    """A body is a call or none, at whatever reader it looks; what a call holds can be written again."""
    writer = AnswerWriter()
    charset = _one_of(CHARSETS, data)
    usual = read_usual(data[1:], charset)
    try:
        method, args = read_call(data[1:], charset)
    except UnsuitableValue as error:
        assert error.number == UnsuitableValue.CANNOT_DECODE_REQUEST
        assert not error.delivered
        assert usual is None
        _check_told(error)
        return
    assert method
    assert usual is None or repr(usual) == repr(Asked(method, args))
    try:
        written = writer.result(args)
    except UnsuitableValue as error:
        assert error.number == UnsuitableValue.CANNOT_ENCODE_REPLY
        _check_told(error)
    else:
        xmlrpc_loads(written, use_builtin_types=True)


def jsonrpc(data: bytes) -> None:
    """A body is JSON or none, and each part of it a request or none; what is JSON is read back as it was."""
    try:
        document = read_document(data)
    except Malformed as error:
        _check_told(error)
        return
    assert json_loads(write_json(document)) == document
    for part in document if isinstance(document, list) else [document]:
        for alone in (True, False):
            try:
                asked = read_request(part, alone=alone)
            except Invalid as error:
                _check_told(error)
                write_json(error.id)
            else:
                answer = json_loads(write_answer(asked, document))
                assert (answer["id"], answer["result"]) == (asked.id, document)


def _described() -> Any:
    network = Network()
    network.hub()
    network.peer().add(Plant())
    network.settle()
    return network.result(network.peer().describe("plant"))


DESCRIPTION = _described()


def soap(data: bytes) -> None:
    """A body is an envelope or none, and what it holds a call of a method or none."""
    try:
        _, wrapper = read_envelope(data[1:], _one_of(KINDS, data))
    except Rejected as error:
        _check_told(error)
        return
    try:
        method = find_method(wrapper, DESCRIPTION)
        read_arguments(wrapper, method, DESCRIPTION)
    except CallError as error:
        assert not error.delivered
        _check_told(error)


def _one_of(choices: list[str], data: bytes) -> str:
    return choices[data[0] % len(choices)] if data else ""


def _check_told(error: Exception) -> None:
    assert 0 < len(str(error)) <= LONGEST_TOLD
