"""By which names a site may be asked."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.web.test.requesthelper import DummyRequest

from exchange.gateways.dashboard.hosts import Hosts


def is_believed(hosts: Hosts, *said: str) -> bool:
    request: Any = DummyRequest([b""])
    request.requestHeaders.setRawHeaders(b"host", [each.encode() for each in said])
    return hosts.refusal_of(request) is None


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8080", "a.localhost", "127.0.0.1:1", "[::1]:8080", "10.0.0.7", "hub.plant:80"]
)
def test_this_machine_addresses_and_names_that_were_told_are_believed(host: str) -> None:
    assert is_believed(Hosts(["hub.plant"]), host)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "a b", "[x]"])
def test_any_other_name_is_not(host: str) -> None:
    assert not is_believed(Hosts(["hub.plant"]), host)


def test_neither_is_no_name_nor_several() -> None:
    assert not is_believed(Hosts())
    assert not is_believed(Hosts(), "localhost", "evil.example")


def test_where_everybody_must_prove_who_they_are_any_name_will_do() -> None:
    assert is_believed(Hosts(None), "anything.example")
