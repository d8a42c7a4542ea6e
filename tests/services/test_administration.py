"""A hub tells what it sees and counts, and does what whoever may administer it asks."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import (
    BadArguments,
    CallRefused,
    Exchange,
    Hub,
    Rule,
    ServiceUnavailable,
    Token,
    TokenAuthenticator,
)
from exchange.services import administration
from exchange.services.administration import MOST_ROWS
from exchange.services.explaining import MOST_AT_ONCE
from exchange.testing import Network
from exchange.wire.identities import make_id, readable
from tests.services.offered import Math, Sleepy

POLICY = [
    Rule(principal=("admin",), offer=("*",), call=("*",), watch=("*",), subscribe=("*",), administer=("*",)),
    Rule(principal=("bob",), call=("*",), administer=("math",)),
    Rule(principal=("hub-*",), offer=("*",)),
]


@pytest.fixture
def hub(network: Network) -> Hub:
    return network.hub("rome")


def ask(network: Network, exchange: Exchange, what: str, *args: Any, of: Hub | None = None, **kwargs: Any) -> Any:
    return network.result(exchange.call(make_id(of.identity, 0) if of else "$exchange", what, *args, **kwargs))


def test_a_hub_tells_who_it_is_and_how_much_it_has(network: Network) -> None:
    rome, paris = network.hub("rome"), network.hub("paris")
    network.join(rome, paris)
    peer = network.peer(rome)
    peer.add(Math())
    network.settle()

    told = ask(network, peer, "overview")

    assert (told["hub"], told["name"], told["id"]) == (rome.title, "rome", readable(rome.identity))
    assert (told["links"], told["peers"], told["instances"], told["services"]) == (2, 1, 1, 1)
    (hub,) = told["hubs"]
    assert (hub["name"], hub["identity"], hub["leaving"], hub["suspected"]) == ("paris", paris.identity, False, False)
    assert told["leaving"] is False
    assert told["calls"] == 1  # this one


def test_another_hub_of_the_mesh_is_asked_by_its_id(network: Network) -> None:
    rome, paris = network.hub("rome"), network.hub("paris")
    network.join(rome, paris)
    peer = network.peer(rome)
    network.settle()

    assert ask(network, peer, "overview", of=paris)["hub"] == paris.title
    assert ask(network, peer, "overview", of=rome)["hub"] == rome.title
    assert ask(network, rome, "overview", of=paris)["hub"] == paris.title
    assert ask(network, rome, "overview")["hub"] == rome.title


def test_links_are_told_with_who_is_there_and_what_went_over_them(network: Network) -> None:
    rome, paris = network.hub("rome"), network.hub("paris")
    network.join(rome, paris)
    caller, callee = network.peer(rome), network.peer(rome)
    callee.add(Math())
    callee.subscribe("math", "*", lambda content, report: None)
    network.settle()

    told = ask(network, caller, "links")

    assert told["count"] == 3
    rows = {row["id"]: row for row in told["rows"]}
    mine, theirs, hub = (rows[readable(each.identity)] for each in (caller, callee, paris))
    assert (mine["role"], mine["offers"], mine["asking"], mine["owing"]) == ("peer", [], 1, 0)
    assert (theirs["offers"], theirs["instances"], theirs["subscriptions"]) == (["math"], 1, 1)
    assert (hub["role"], hub["name"]) == ("hub", "paris")
    assert theirs["frames_in"] >= 2
    assert theirs["bytes_in"] > 0
    assert {theirs[key] for key in ("queued", "congested", "leaving", "suspected")} == {0}


def test_rows_are_as_many_as_are_asked_for_and_all_are_counted(network: Network, hub: Hub) -> None:
    peers = [network.peer() for _ in range(3)]
    network.settle()
    told = ask(network, peers[0], "links", most=2)

    assert (told["count"], len(told["rows"])) == (3, 2)
    for wrong in (0, MOST_ROWS + 1, True, "many"):
        with pytest.raises(BadArguments, match="most"):
            ask(network, peers[0], "links", wrong)


def test_instances_are_told_with_where_they_are(network: Network) -> None:
    rome, paris = network.hub("rome"), network.hub("paris")
    network.join(rome, paris)
    near, far = network.peer(rome), network.peer(paris)
    near.add(Math())
    far.add(Sleepy())
    network.settle()

    rows = {row["name"]: row for row in ask(network, near, "instances")["rows"]}
    assert (rows["math"]["groups"], rows["math"]["here"]) == (["web-services"], True)
    assert rows["math"]["exchange"] == readable(near.identity)
    assert (rows["sleepy"]["here"], rows["sleepy"]["at"]) == (False, paris.title)
    assert [row["name"] for row in ask(network, near, "instances", name="sleepy")["rows"]] == ["sleepy"]
    assert ask(network, near, "instances", name="nothing") == {"count": 0, "rows": []}


def test_who_calls_what_is_told_by_the_hub_of_the_caller(network: Network) -> None:
    rome, paris = network.hub("rome"), network.hub("paris")
    network.join(rome, paris)
    caller, callee = network.peer(rome), network.peer(paris)
    caller.add(Sleepy())
    callee.add(Math())
    network.settle()
    for _ in range(3):
        network.result(caller.call("math", "multiply", 6, 7))
    caller.call("math", "refuse", 1).addErrback(lambda _: None)
    network.settle()

    (row,) = ask(network, caller, "usage")["rows"]
    assert (row["caller"], row["offers"], row["service"], row["calls"]) == (
        readable(caller.identity), ["sleepy"], "math", 4,
    )  # fmt: skip
    assert sum(row["failures"].values()) == 1
    assert row["present"] is True
    assert ask(network, callee, "usage")["rows"] == []
    assert ask(network, caller, "metrics")["services"]["math"]["outcomes"]["reply"] == 3

    network.cut(caller)
    network.settle()
    (row,) = ask(network, rome, "usage")["rows"]
    assert (row["caller"], row["offers"], row["calls"], row["present"]) == ("", ["sleepy"], 4, False)


def test_who_subscribes_to_what_is_told(network: Network) -> None:
    rome, paris = network.hub("rome"), network.hub("paris")
    network.join(rome, paris)
    near, far = network.peer(rome), network.peer(paris)
    far.add(Math())
    near.subscribe("math", "a.*", lambda content, report: None)
    network.settle()

    told = ask(network, near, "subscriptions")
    assert told["count"] == 1
    assert (told["rows"][0]["service"], told["rows"][0]["pattern"], told["rows"][0]["here"]) == ("math", "a.*", True)
    assert [row["here"] for row in ask(network, far, "subscriptions")["rows"]] == [False]


def test_what_a_hub_counts_is_told_and_how_calls_ended(network: Network, hub: Hub) -> None:
    caller, callee = network.peer(), network.peer()
    callee.add(Math())
    network.settle()
    network.result(caller.call("math", "multiply", 6, 7))
    for method in ("refuse", "nothing"):
        caller.call("math", method, 7).addErrback(lambda _: None)
    caller.call("nobody", "multiply").addErrback(lambda _: None)
    network.settle()

    told = ask(network, caller, "metrics")

    math = told["services"]["math"]
    assert (math["calls"], math["outcomes"]["reply"], sum(math["outcomes"].values())) == (3, 1, 3)
    assert sum(math["buckets"]) == 3
    assert len(math["buckets"]) == len(math["bounds"]) + 1
    assert told["services"][""]["outcomes"] == {"reply": 0, str(ServiceUnavailable.number): 1}
    assert told["counters"]["refused"] == 1
    assert told["links"] == {"peer": 2, "hub": 0}
    assert told["frames_in"] > 3
    assert told["outstanding"] == 1


def test_a_link_is_ended_by_its_id_with_a_reason_and_may_dial_again(network: Network, hub: Hub) -> None:
    admin, other = network.peer(), network.peer()
    network.settle()
    attachment = next(each for each in hub._links.attached if each.identity == other.identity).attachment

    assert ask(network, admin, "kick", readable(other.identity), "too noisy") == 1
    network.settle()
    network.clock.advance(5)

    again = next(each for each in hub._links.attached if each.identity == other.identity)
    assert again.attachment > attachment


def test_whoever_asks_may_end_their_own_link_and_is_answered(network: Network, hub: Hub) -> None:
    admin = network.peer()
    assert ask(network, admin, "kick", readable(admin.identity)) == 1


def test_a_link_that_is_not_here_cannot_be_ended(network: Network, hub: Hub) -> None:
    admin = network.peer()
    with pytest.raises(BadArguments, match="no link to 'nobody' is here"):
        ask(network, admin, "kick", "nobody")
    with pytest.raises(BadArguments, match="expected the id of a link"):
        ask(network, admin, "kick", 7)


def test_a_hub_leaves_when_it_is_asked_to(network: Network) -> None:
    rome, paris = network.hub("rome"), network.hub("paris")
    network.join(rome, paris)
    peer = network.peer(rome)
    network.settle()
    assert ask(network, peer, "drain", 5, of=paris) is None
    network.settle()

    assert ask(network, peer, "overview")["hubs"] == []
    assert ask(network, paris, "overview")["leaving"] is True
    asked: list[float] = []
    rome.when_asked_to_drain(asked.append)
    ask(network, peer, "drain", seconds=7)
    network.settle()
    assert asked == [7.0]


@pytest.mark.parametrize("seconds", [0, -1, True, "soon", float("nan"), float("inf")])
def test_a_time_to_leave_in_is_a_number_of_seconds(network: Network, hub: Hub, seconds: Any) -> None:
    with pytest.raises(BadArguments, match="drain: expected a number of seconds"):
        ask(network, network.peer(), "drain", seconds)


# Who may


def test_without_a_policy_nobody_from_another_machine_stops_anything(
    network: Network, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = network.peer()
    network.settle()
    monkeypatch.setattr(administration, "is_local", lambda transport: False)
    for question in (("kick", readable(peer.identity)), ("drain",)):
        with pytest.raises(CallRefused, match="has no policy, and then only who is on its machine may do that"):
            ask(network, peer, *question)
    assert ask(network, peer, "overview")["peers"] == 1
    assert ask(network, hub, "kick", readable(peer.identity)) == 1


@pytest.fixture
def tokens(network: Network, tmp_path: Any) -> TokenAuthenticator:
    file = tmp_path / "tokens"
    file.write_text("".join(f"{name}:the-token-of-{name}-here\n" for name in ("bob", "admin", "hub-paris")))
    file.chmod(0o600)
    return TokenAuthenticator(file, network.clock.seconds)


@pytest.fixture
def strict(network: Network, tokens: TokenAuthenticator) -> Hub:
    return network.hub("rome", authenticators=[tokens], policy=POLICY, hubs=["hub-*"])


def peer_of(network: Network, hub: Hub, name: str) -> Exchange:
    return network.peer(hub, credentials=Token(name, f"the-token-of-{name}-here"))


def test_only_who_may_administer_the_hub_is_told_or_obeyed(network: Network, strict: Hub) -> None:
    admin, bob = peer_of(network, strict, "admin"), peer_of(network, strict, "bob")
    network.settle()
    questions: list[tuple[Any, ...]] = [("overview",), ("links",), ("instances",), ("usage",), ("subscriptions",)]
    questions += [("metrics",), ("kick", readable(admin.identity)), ("drain",)]
    for question in questions:
        with pytest.raises(CallRefused, match="principal 'bob' may not administer"):
            ask(network, bob, *question)
        with pytest.raises(CallRefused, match="principal 'bob' may not administer"):
            ask(network, bob, *question, of=strict)
    assert ask(network, admin, "overview")["peers"] == 2


def test_another_hub_does_not_lend_its_rights_to_its_peers(network: Network, tokens: TokenAuthenticator) -> None:
    strict = network.hub("rome", authenticators=[tokens], policy=POLICY, hubs=["hub-*"])
    open_hub = network.hub("paris", credentials=Token("hub-paris", "the-token-of-hub-paris-here"))
    network.join(open_hub, strict)
    stranger = network.peer(open_hub)
    network.settle()

    assert ask(network, stranger, "overview")["hub"] == open_hub.title
    with pytest.raises(CallRefused, match="may not administer"):
        ask(network, stranger, "overview", of=strict)
    with pytest.raises(CallRefused, match="may not administer"):
        ask(network, stranger, "explain", "call", "math.multiply", of=strict)


def test_nobody_keeps_a_hub_busy_with_questions(network: Network, hub: Hub) -> None:
    peer = network.peer()
    network.settle()
    failures: list[Any] = []
    for _ in range(MOST_AT_ONCE + 1):
        peer.call("$exchange", "overview").addErrback(failures.append)
    network.settle()
    assert [type(each.value).__name__ for each in failures] == ["Overloaded"]
    for _ in range(3 * MOST_AT_ONCE):  # the process of the hub itself may ask
        ask(network, hub, "overview")
