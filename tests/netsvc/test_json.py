"""The JSON-RPC gateway of netsvc: the form 1.0 as of old, and today's."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

import exchange.netsvc.json
from exchange import netsvc
from exchange.netsvc.process import Process, standing_in
from tests.logbook import Logbook
from tests.netsvc.site import Site
from tests.netsvc.stories import Math
from tests.netsvc.web import ask

AT = "/jsonrpc/service"


@pytest.fixture
def reactor(here: Process) -> Any:
    """The reactor of a process with a gateway, made before everything else."""
    daemon = netsvc.HttpDaemon(8000, "127.0.0.1")
    daemon.attach(AT, exchange.netsvc.json.RpcGateway("web-services"))
    daemon.start()
    return here.reactor


def post(site: Site, reactor: Any, data: Any, name: str = "math", *headers: str, authorization: str = "") -> Any:
    """Post data to a service, and return what comes back."""
    answer = ask(site, reactor, f"{AT}/{name}", "POST", json.dumps(data).encode(), authorization, *headers)
    assert answer.status == 200, answer
    return json.loads(answer.body)


def old(method: str, *params: Any) -> dict[str, Any]:
    """Return a request of the form 1.0."""
    return {"method": method, "params": params, "id": 1}


def new(method: str, *params: Any) -> dict[str, Any]:
    """Return a request of the form 2.0."""
    return {"jsonrpc": "2.0", **old(method, *params)}


def test_both_forms_are_answered_each_in_its_own(site: Site, reactor: Any) -> None:
    Math()

    assert post(site, reactor, old("multiply", 6, 7)) == {"result": 42, "error": None, "id": 1}
    assert post(site, reactor, new("multiply", 6, 7)) == {"jsonrpc": "2.0", "result": 42, "id": 1}
    assert post(site, reactor, [new("multiply", 6, 7)] * 2) == [{"jsonrpc": "2.0", "result": 42, "id": 1}] * 2


def test_an_id_that_is_null_is_answered_in_the_older_form(site: Site, reactor: Any) -> None:
    Math()

    assert post(site, reactor, {**old("multiply", 6, 7), "id": None}) == {"result": 42, "error": None, "id": None}


@pytest.mark.parametrize("kind", ["", "text/plain", "application/json; charset=utf-8", "x/y"])
def test_whatever_the_content_type_is_it_is_json(site: Site, reactor: Any, kind: str) -> None:
    Math()

    assert post(site, reactor, old("multiply", 6, 7), "math", f"Content-Type: {kind}")["result"] == 42


@pytest.mark.parametrize(
    ("request_data", "error"),
    [
        (old("divide"), [55, "Method Unavailable", "netsvc", ""]),
        (old("own"), [1, "Bad", "app", "why"]),
        (
            old("multiply", 1, 2, 3),
            [56, "Parameters Incorrect", "netsvc", "multiply(x: Any, y: Any) takes 2 arguments, 3 came"],
        ),
        ({**old("multiply"), "params": {}}, [54, "Request Decoding Error", "netsvc", "'params' must be an array"]),
    ],
)
def test_failures_have_the_four_things_of_old(site: Site, reactor: Any, request_data: Any, error: list[Any]) -> None:
    Math()

    answer = post(site, reactor, request_data)

    four = dict(zip(("error", "description", "origin", "details"), error, strict=True))
    assert answer == {"result": None, "error": four, "id": 1}


def test_the_newer_form_has_them_as_data(site: Site, reactor: Any) -> None:
    Math()

    answer = post(site, reactor, new("divide"))["error"]

    assert (answer["code"], answer["message"]) == (-32601, "Method not found")
    assert answer["data"] == {"error": 55, "description": "Method Unavailable", "origin": "netsvc", "details": ""}


def test_no_traceback_goes_out(site: Site, reactor: Any, logbook: Logbook) -> None:
    Math()

    error = post(site, reactor, old("bad"))["error"]

    assert (error["error"], error["details"]) == (57, "ValueError: no such thing")
    assert logbook.failures() == ["ValueError: no such thing"]


def test_a_body_that_is_no_json_is_54(site: Site, reactor: Any) -> None:
    Math()

    answer = json.loads(ask(site, reactor, f"{AT}/math", "POST", b"{").body)

    assert answer["error"]["code"] == -32700
    assert (answer["error"]["data"]["error"], answer["error"]["data"]["origin"]) == (54, "netsvc")


def test_a_service_that_vanishes_is_57_at_once(site: Site, reactor: Any) -> None:
    math = Math()
    netsvc.Agent().startTimer(math.destroyAgent, 1)

    error = post(site, reactor, old("slow"))["error"]

    assert (error["error"], error["description"]) == (57, "Application Error")
    assert site.clock.seconds() == pytest.approx(1)


def test_a_service_of_another_process_is_called_through_an_exchange_made_later(site: Site, reactor: Any) -> None:
    with standing_in(site.process()):
        netsvc.Exchange(netsvc.EXCHANGE_SERVER).listen(11111, "127.0.0.1")
        Math()
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", 11111)
    site.settle()

    assert post(site, reactor, old("multiply", 6, 7))["result"] == 42


def test_a_method_with_annotations_gets_what_they_say(site: Site, reactor: Any) -> None:
    def show(on: date) -> str:
        return repr(on)

    service = netsvc.Service("diary")
    service.joinGroup("web-services")
    service.exportMethod(show)

    assert post(site, reactor, old("show", "2026-01-31"), "diary")["result"] == "datetime.date(2026, 1, 31)"
    assert post(site, reactor, old("show", "soon"), "diary")["error"]["error"] == 56


def test_the_order_of_checks_is_that_of_old(site: Site, reactor: Any) -> None:
    Math()

    assert ask(site, reactor, f"{AT}/nobody").status == 404
    assert ask(site, reactor, f"{AT}/math").status == 405


class Guardian(exchange.netsvc.json.RpcGateway):
    """A gateway that lets one person in."""

    def authorise(self, login: str, password: str) -> bool:
        return (login, password) == ("joe", "secret")


def test_who_was_let_in_is_known_to_the_service(site: Site, here: Process) -> None:
    daemon = netsvc.HttpDaemon(8000, "127.0.0.1")
    daemon.attach(AT, Guardian("web-services"))
    daemon.start()
    service = netsvc.Service("curious")
    service.joinGroup("web-services")

    def who() -> Any:
        request = service.currentRequest()
        assert request is not None
        return request.properties()

    service.exportMethod(who)

    told = post(site, here.reactor, old("who"), "curious", authorization="Basic am9lOnNlY3JldA==")["result"]
    assert told == {"REMOTE_ADDR": "192.168.1.1", "REMOTE_USER": "joe"}
    assert ask(site, here.reactor, f"{AT}/curious", "POST", b"{}").status == 401
