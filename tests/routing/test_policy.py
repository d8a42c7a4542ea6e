"""The policy: what is granted is granted, and nothing else."""

from __future__ import annotations

import pytest

from exchange.routing.allotment import Quota
from exchange.routing.policy import DEEDS, MOST_REMEMBERED, Deed, Policy, Rule

PRESS = Rule(
    principal=("press-*",),
    offer=("press",),
    join=("web-services",),
    call=("history.*", "clock.now"),
    subscribe=("history",),
    watch=("*",),
)
READERS = Rule(principal=("*",), subscribe=("news",), watch=("news",))
POLICY = Policy([PRESS, READERS])


@pytest.mark.parametrize("deed", DEEDS)
def test_without_rules_everything_is_granted(deed: Deed) -> None:
    assert Policy([]).grant_of("anybody") is None
    assert Policy([]).ruling_on("anybody", deed, "anything").is_granted


@pytest.mark.parametrize(
    ("principal", "deed", "thing", "granted"),
    [
        ("press-rome", "offer", "press", True),
        ("press-rome", "offer", "presses", False),
        ("press-rome", "join", "web-services", True),
        ("press-rome", "call", "history.list", True),
        ("press-rome", "call", "clock.now", True),
        ("press-rome", "call", "clock.set", False),
        ("press-rome", "subscribe", "history", True),
        ("press-rome", "subscribe", "news", True),
        ("press-rome", "watch", "anything", True),
        ("press-rome", "administer", "anything", False),
        ("press", "offer", "press", False),
        ("ann", "subscribe", "news", True),
        ("ann", "watch", "history", False),
        (None, "subscribe", "news", True),
        (None, "call", "history.list", False),
        ("PRESS-rome", "offer", "press", False),
    ],
)
def test_what_any_rule_grants_is_granted_and_nothing_else(
    principal: str | None, deed: Deed, thing: str, granted: bool
) -> None:
    grant = POLICY.grant_of(principal)
    assert grant is not None
    assert grant.may(deed, thing) is granted
    assert grant.may(deed, thing) is granted, "remembered"
    assert POLICY.ruling_on(principal, deed, thing).is_granted is granted


def test_a_ruling_names_the_rule_that_lets_it_through_and_those_that_apply() -> None:
    assert POLICY.ruling_on("press-rome", "call", "history.list") == (True, 1, (1, 2))
    assert POLICY.ruling_on("press-rome", "subscribe", "news") == (True, 2, (1, 2))
    assert POLICY.ruling_on("ann", "call", "history.list") == (False, 0, (2,))
    assert Policy([PRESS]).ruling_on("ann", "call", "history.list") == (False, 0, ())


@pytest.mark.parametrize(
    ("name", "method", "granted"),
    [
        ("history", "list", True),
        ("clock", "now", True),
        ("clock", "set", False),
        ("clock", "$describe", True),
        ("history.list", "all", True),
    ],
)
def test_methods_are_granted_by_service_and_name(name: str, method: str, granted: bool) -> None:
    grant = POLICY.grant_of("press-rome")
    assert grant is not None
    assert [grant.may_call(name, method) for _ in range(2)] == [granted, granted]


def test_what_every_service_has_is_for_those_who_may_see_it() -> None:
    grant = POLICY.grant_of("ann")
    assert grant is not None
    assert grant.may_call("news", "$describe")
    assert not grant.may_call("history", "$describe")


def test_a_grant_remembers_only_so_much() -> None:
    grant = POLICY.grant_of("press-rome")
    assert grant is not None
    for number in range(2 * MOST_REMEMBERED):
        assert grant.may_call("history", f"method{number}")
        assert grant.may("watch", f"name{number}")
        assert max(len(grant._known), len(grant._calls)) <= MOST_REMEMBERED


def test_a_service_with_the_name_of_a_deed_is_a_service() -> None:
    grant = POLICY.grant_of("press-rome")
    assert grant is not None
    assert grant.may("offer", "press")
    assert not grant.may_call("offer", "press")


@pytest.mark.parametrize("pattern", ["*" * 200 + "x", "?*" * 100, "a*" * 400])
def test_no_pattern_is_slow(pattern: str) -> None:
    grant = Policy([Rule(offer=(pattern,))]).grant_of("ann")
    assert grant is not None
    for number in range(200):
        assert grant.may("offer", "a" * 250 + str(number)) in {True, False}


# How much


def test_of_each_measure_the_first_rule_decides_that_says_anything() -> None:
    policy = Policy(
        [
            Rule(principal=("press-*",), calls_per_second=5),
            Rule(principal=("press-rome",), calls_per_second=50, max_instances=2),
            Rule(bytes_per_second=1000, max_instances=9),
        ]
    )
    assert policy.quota_of("press-rome") == Quota(calls_per_second=5, bytes_per_second=1000, max_instances=2)
    assert policy.quota_of("ann") == Quota(bytes_per_second=1000, max_instances=9)


def test_all_links_of_a_principal_share_what_it_may_use() -> None:
    policy = Policy([Rule(principal=("press",), max_subscriptions=1), Rule()])
    one, two = policy.grant_of("press"), policy.grant_of("press")
    assert one is not None
    assert two is not None
    assert one.allotment is two.allotment is not None
    other = policy.grant_of("ann")
    assert other is not None
    assert other.allotment is None


def test_what_is_remembered_grows_with_the_principals_and_not_with_their_links() -> None:
    one, two = POLICY.grant_of("ann"), POLICY.grant_of("ann")
    assert one is two is not POLICY.grant_of("bob")


# Another policy


def test_while_the_outlook_is_the_same_only_calls_and_questions_are_judged_otherwise() -> None:
    before = Policy([Rule(principal=("press",), offer=("press",), watch=("*",), call=("a.*",))])

    def outlook(*rules: Rule) -> object:
        return Policy(rules).outlook_of("press")

    same = before.outlook_of("press")
    assert outlook(Rule(offer=("press",), call=("b.*",), administer=("*",)), Rule(watch=("*",))) == same
    assert outlook(Rule(offer=("press",))) != same
    assert outlook(Rule(offer=("press",), watch=("*",), max_instances=1)) != same
    assert outlook() is None


def test_a_policy_that_takes_over_goes_on_with_what_is_used_where_as_much_may_be_used() -> None:
    before = Policy([Rule(max_instances=2)])
    ann, bob = before.grant_of("ann"), before.grant_of("bob")
    after = Policy([Rule(principal=("bob",), max_instances=3), Rule(max_instances=2)])
    after.take_over(before)

    now = after.grant_of("ann"), after.grant_of("bob")
    assert ann is not None
    assert bob is not None
    assert now[0] is not None
    assert now[1] is not None
    assert now[0].allotment is ann.allotment
    assert now[1].allotment is not bob.allotment
