"""Gateways that listen at the same endpoint."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.app.plan import PlannedGateway
from exchange.app.sharing import OF_LISTENER, sharing
from exchange.app.tables import GatewayTable
from exchange.errors import ConfigurationError


def gateway(name: str, listen: str, **keys: Any) -> PlannedGateway:
    return PlannedGateway(f"site.toml: [gateways.{name}]", GatewayTable(listen=listen, **keys), ("tcp:h:1",))


def test_gateways_at_one_endpoint_share_it_and_the_others_have_their_own() -> None:
    a = gateway("a", "tcp:1:interface=127.0.0.1", mount={"/a": "xmlrpc"})
    b = gateway("b", "tcp:2")
    c = gateway("c", r"tcp:1:interface=127.0.0.1", mount={"/b": "xmlrpc", "/": "files:public"})

    assert sharing([a, b, c]) == [[a, c], [b]]


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (("/a", "/a"), "'/a'"),
        (("/a", "/a/b"), "'/a/b' beside '/a'"),
        (("/a/b", "/a"), "'/a' beside '/a/b'"),
        (("/", "/"), "'/'"),
    ],
)
def test_two_cannot_have_the_same_path(paths: tuple[str, str], told: str) -> None:
    first, second = (
        gateway(name, "tcp:1", mount={path: "files:public"}) for name, path in zip("ab", paths, strict=True)
    )

    with pytest.raises(ConfigurationError) as caught:
        sharing([first, second])
    assert str(caught.value) == (
        f"site.toml: [gateways.b] mount: {told} is mounted at the same listener, 'tcp:1', by "
        "site.toml: [gateways.a] too; put one of them elsewhere"
    )


@pytest.mark.parametrize("field", OF_LISTENER)
def test_what_is_about_the_listener_must_be_the_same_in_both(field: str) -> None:
    tables = [
        gateway(name, "tcp:1", mount={f"/{name}": "live"}, **{"certificate": "c", field: most})
        for name, most in [("a", 1), ("b", 2)]
    ]

    with pytest.raises(ConfigurationError) as caught:
        sharing(tables)
    assert str(caught.value) == (
        f"site.toml: [gateways.b] {field.replace('_', '-')}: 2, but site.toml: [gateways.a] listens at the same "
        "endpoint with 1; say the same in both"
    )
    assert sharing(tables[:1]) == [tables[:1]]
