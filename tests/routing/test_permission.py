"""What is said to a far end that may not do what it asks for."""

from __future__ import annotations

import pytest

from exchange.routing.interest import BUILT_IN
from exchange.routing.permission import denial_of_call, denial_of_instance, denial_of_subscription
from exchange.routing.policy import Grant, Rule

GRANT = Grant("press", [Rule(offer=("press",), join=("web-*",), call=("shop.buy",), subscribe=("news",))])
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
        (b"i" * 20, "shop", "principal 'press' may not subscribe to 'shop' here"),
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
        ("shop", "sell", "principal 'press' may not call 'shop.sell' here"),
    ],
)
def test_a_call_is_by_service_and_method(name: str | None, method: str, text: str | None) -> None:
    assert denial_of_call(GRANT, name, method) == text


def test_whoever_has_proved_nothing_is_told_so() -> None:
    assert denial_of_call(NOBODY, "shop", "buy") == (
        "somebody who has not proved who they are may not call 'shop.buy' here"
    )
