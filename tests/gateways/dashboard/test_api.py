"""What the page asks the hub for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exchange import Exchange, Hub, Rule
from exchange.gateways.dashboard.door import HUB
from exchange.testing import Network
from tests.gateways.dashboard.conftest import Plant, Site
from tests.gateways.dashboard.site import Named, Rules, asked, posted
from tests.gateways.web import Answer, Web


@pytest.fixture
def web(site: Site) -> Web:
    return site()


def said(answer: Answer) -> Any:
    assert answer.status == 200, answer
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    return json.loads(answer.body)


CALL = {"service": "plant", "method": "multiply", "args": [6, 7]}


def test_all_that_the_hubs_tell_can_be_had_once(web: Web) -> None:
    state = said(asked(web, "/api/state"))
    assert state["overview"]["name"] == "rome"
    assert set(state) == {"overview", "links", "instances", "usage", "subscriptions", "metrics", "others"}


def test_what_a_service_offers_and_keeps(web: Web, plant: Plant) -> None:
    plant.publish("speed", 1, lifetime=-1)
    assert said(asked(web, "/api/describe?service=plant"))["name"] == "plant"
    assert said(asked(web, "/api/reports?service=plant"))["count"] == 1
    assert said(asked(web, "/api/reports"))["count"] == 1
    error = said(asked(web, "/api/describe?service=nobody"))["error"]
    assert (error["kind"], error["number"]) == ("ServiceUnavailable", 46)


def test_a_call_and_its_failure_are_answers(web: Web) -> None:
    assert said(posted(web, "/api/call", CALL))["result"]["text"] == "42"
    error = said(posted(web, "/api/call", {**CALL, "method": "refuse", "args": []}))["error"]
    assert error == {
        "kind": "CallError",
        "number": 120,
        "description": "out of order",
        "origin": "plant",
        "details": "the belt is off",
        "delivered": True,
    }


def test_whoever_hangs_up_waits_no_longer_and_neither_does_the_call(network: Network, web: Web, plant: Plant) -> None:
    line = web.line()
    body = json.dumps({**CALL, "method": "slow", "args": []})
    head = (
        f"POST /api/call HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    )
    line.send(f"{head}\r\n\r\n{body}".encode())
    assert len(plant.owed) == 1

    line.hang_up()

    assert plant.cancelled == 1


def test_a_link_is_ended(network: Network, web: Web, hub: Hub, peer: Exchange) -> None:
    hub.rejudge((), None, [Rule(principal=("*",), administer=("*",))])
    network.clock.advance(10)
    (link,) = network.result(hub.call(HUB, "links"))["rows"]
    assert said(posted(web, "/api/kick", {"link": link["id"], "reason": "test"})) == {"ended": 1}
    assert said(posted(web, "/api/kick", {"link": "nobody"}))["error"]["kind"] == "BadArguments"
    network.clock.advance(10)


def test_without_a_policy_nobody_from_another_machine_ends_one(network: Network, web: Web, hub: Hub) -> None:
    (link,) = network.result(hub.call(HUB, "links"))["rows"]
    assert said(posted(web, "/api/kick", {"link": link["id"]}))["error"]["kind"] == "CallRefused"


@pytest.mark.parametrize(
    "headers",
    [
        ["Origin: https://evil.example"],
        ["Origin: null"],
        ["Sec-Fetch-Site: cross-site"],
        ["Sec-Fetch-Site: same-site"],
    ],
)
def test_no_page_of_another_site_has_anything_done_or_told(web: Web, headers: list[str]) -> None:
    assert posted(web, "/api/call", CALL, *headers).status == 403
    assert asked(web, "/api/state", *headers).status == 403
    assert asked(web, "/api/live", *headers).status == 403


def test_neither_has_a_form_of_any_page(web: Web) -> None:
    body = b"service=plant&method=multiply"
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data"):
        assert posted(web, "/api/call", body, kind=kind).status == 415


def test_what_is_asked_wrongly_is_told(web: Web) -> None:
    assert asked(web, "/api/nothing").status == 404
    assert asked(web, "/api/call").status == 405
    assert posted(web, "/api/state", {}).status == 405
    assert posted(web, "/api/call", b"{").status == 400
    assert posted(web, "/api/call", b"[]").status == 400
    assert posted(web, "/api/call", b" " * (2**20 + 1)).status == 413
    assert said(posted(web, "/api/call", {}))["error"]["kind"] == "BadArguments"


def test_whoever_is_not_known_is_asked_and_whoever_may_not_is_refused(site: Site) -> None:
    web = site(Named(), Rules(ann={("administer", HUB), ("watch", "plant")}))

    for answer in (asked(web, "/api/state"), posted(web, "/api/call", CALL), asked(web, "/api/live")):
        assert (answer.status, answer.headers["www-authenticate"]) == (401, 'Basic realm="exchange"')
    assert asked(web, "/api/live", "X-Name: bob").status == 403
    assert asked(web, "/api/state", "X-Name: ann").status == 200
    error = said(posted(web, "/api/call", CALL, "X-Name: ann"))["error"]
    assert (error["kind"], error["description"]) == (
        "CallRefused",
        "principal 'ann' may not call 'plant.multiply' here",
    )


def test_names_are_told_as_they_are_and_never_as_a_page(network: Network, web: Web, plant: Plant, hub: Hub) -> None:
    plant.publish("<b>", "<script>alert(1)</script>", lifetime=-1)
    answer = asked(web, "/api/reports")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert said(answer)["rows"][0]["content"]["text"] == '"<script>alert(1)</script>"'
