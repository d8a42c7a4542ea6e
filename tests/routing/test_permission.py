"""What is said to a far end that may not do what it asks for."""

from __future__ import annotations

import pytest

from exchange.routing.allotment import Allotment, Quota
from exchange.routing.interest import BUILT_IN
from exchange.routing.permission import (
    denial_of_another_instance,
    denial_of_another_subscription,
    denial_of_call,
    denial_of_instance,
    denial_of_subscription,
)
from exchange.routing.policy import Grant, Rule

GRANT = Grant(
    "press", [Rule(offer=("press",), join=("web-*",), call=("shop.buy",), subscribe=("news",), watch=("mail",))]
)
NOBODY = Grant("", [])


def announced(name: str, *groups: str) -> tuple[object, ...]:
    return (1, name, groups, "*", b"", None, (), None)


@pytest.mark.parametrize(
    ("name", "groups", "text"),
    [
        ("press", (), None),
        ("press", ("web-services",), None),
        ("math", (), "principal 'press' may not offer 'math' here"),
        ("press", ("web-a", "mail"), "principal 'press' may not join the service group 'mail' here"),
    ],
)
def test_an_instance_needs_its_name_and_all_its_groups(name: str, groups: tuple[str, ...], text: str | None) -> None:
    assert denial_of_instance(GRANT, announced(name, *groups)) == text


@pytest.mark.parametrize(
    ("service", "name", "text"),
    [
        ("news", None, None),
        (BUILT_IN, None, None),
        (b"i" * 20, None, None),
        (b"i" * 20, "news", None),
        ("shop", None, "principal 'press' may not subscribe to 'shop' here"),
        (b"i" * 20, "shop", "principal 'press' may not subscribe to that instance here"),
        (b"i" * 20, "mail", "principal 'press' may not subscribe to 'mail' here"),
    ],
)
def test_a_subscription_is_by_name_even_when_it_is_by_id(
    service: str | bytes, name: str | None, text: str | None
) -> None:
    assert denial_of_subscription(GRANT, service, name) == text


@pytest.mark.parametrize(
    ("name", "method", "text"),
    [
        ("shop", "buy", None),
        (None, "buy", None),
        (BUILT_IN, "explain", None),
        ("shop", "sell", "principal 'press' may not call 'shop.sell' here"),
    ],
)
def test_a_call_is_by_service_and_method(name: str | None, method: str, text: str | None) -> None:
    assert denial_of_call(GRANT, name, method) == text


def test_an_id_does_not_tell_the_name_to_whoever_may_not_see_it() -> None:
    assert denial_of_call(GRANT, "shop", "sell", by_id=True) == (
        "principal 'press' may not call 'sell' of that instance here"
    )
    assert denial_of_call(GRANT, "mail", "read", by_id=True) == "principal 'press' may not call 'mail.read' here"
    assert denial_of_call(GRANT, "shop", "buy", by_id=True) is None


def test_whoever_has_proved_nothing_is_told_so() -> None:
    assert denial_of_call(NOBODY, "shop", "buy") == (
        "somebody who has not proved who they are may not call 'shop.buy' here"
    )


def a_grant(**quota: int) -> Grant:
    return Grant("press", [], Allotment(Quota(**quota)))


def test_one_service_too_many_is_denied_and_one_that_is_there_is_not() -> None:
    grant = a_grant(max_instances=1)
    assert grant.allotment is not None
    assert denial_of_another_instance(grant, b"1") is None
    grant.allotment.instances.add(b"1")
    assert denial_of_another_instance(grant, b"1") is None
    text = "principal 'press' may offer 1 services at most here, on all links together"
    assert denial_of_another_instance(grant, b"2") == text
    assert denial_of_another_instance(NOBODY, b"2") is None


def test_one_subscription_too_many_is_denied_but_none_to_the_hub_itself() -> None:
    grant = a_grant(max_subscriptions=1)
    assert grant.allotment is not None
    grant.allotment.subscriptions.add(b"1")
    text = "principal 'press' may hold 1 subscriptions at most here, on all links together"
    assert denial_of_another_subscription(grant, b"2", "news") == text
    assert denial_of_another_subscription(grant, b"1", "news") is None
    assert denial_of_another_subscription(grant, b"2", BUILT_IN) is None
    assert denial_of_another_subscription(NOBODY, b"2", "news") is None
