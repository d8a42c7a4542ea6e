"""Errors as error objects: which code, and what is told."""

from __future__ import annotations

import json

import pytest

from exchange.errors import BadArguments, CallError, CallTimeout, LinkLost, MethodUnavailable, RemoteError
from exchange.errors import UnsuitableValue as Unsuitable
from exchange.gateways.jsonrpc_errors import Told, code_of, told_of, write_failure
from exchange.gateways.jsonrpc_request import Form

TOLD = Told(1001, "Bad", "app", "why")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MethodUnavailable("none", delivered=False), -32601),
        (MethodUnavailable("none over there", delivered=True), 55),
        (BadArguments("no", delivered=False), -32602),
        (BadArguments("not over there", delivered=True), 56),
        (Unsuitable("too deep", delivered=False), -32602),
        (Unsuitable("a set", number=Unsuitable.CANNOT_ENCODE_REPLY, delivered=True), 52),
        (CallTimeout("late"), 47),
        (LinkLost("gone"), 48),
        (RemoteError("raised", delivered=True), 57),
        (CallError("Bad", number=1001), 1001),
        (CallError("Bad", number=-1), -1),
        (CallError("Bad", number=-31999), -31999),
        (CallError("Bad", number=-32000), -32000),
        (CallError("Bad", number=-32768), -32000),
        (CallError("Bad", number=-32769), -32769),
    ],
)
def test_the_code_is_the_number_unless_json_rpc_has_one_for_it(error: CallError, code: int) -> None:
    assert code_of(error, error.number) == code


def test_all_is_told_that_is_known() -> None:
    assert told_of(CallError("Bad", number=1001, origin="app", details="why")) == TOLD
    assert told_of(CallTimeout()) == Told(47, "CallTimeout", "", "")


def test_the_newer_form_has_code_and_sentence_and_the_four_things() -> None:
    four = {"error": 1001, "description": "Bad", "origin": "app", "details": "why"}

    assert json.loads(write_failure(Form.TWO, "a", 1001, TOLD)) == {
        "jsonrpc": "2.0",
        "error": {"code": 1001, "message": "Bad", "data": four},
        "id": "a",
    }
    assert json.loads(write_failure(Form.TWO, None, -32600, TOLD))["error"]["message"] == "Invalid Request"


def test_the_older_form_has_the_four_things() -> None:
    four = {"error": 1001, "description": "Bad", "origin": "app", "details": "why"}

    assert json.loads(write_failure(Form.ONE, 7, 1001, TOLD)) == {"result": None, "error": four, "id": 7}
