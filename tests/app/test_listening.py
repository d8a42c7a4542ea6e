"""How options say where to listen."""

from __future__ import annotations

import pytest

from exchange.app.hub import Options
from tests.app.planning import planned


def test_port_and_interface_are_short_for_an_endpoint() -> None:
    plan = planned(Options, "--port", "12345", "--interface", "::1")

    assert plan.hub is not None
    assert plan.hub.listen == ["tcp:12345:interface=\\:\\:1"]


def test_a_hub_may_listen_at_several_endpoints() -> None:
    plan = planned(Options, "--listen", "unix:a", "-l", "tcp:1", "--port", "2", "--insecure")

    assert plan.hub is not None
    assert plan.hub.listen == ["unix:a", "tcp:1", "tcp:2:interface=127.0.0.1"]


def test_a_port_on_the_command_line_wins_over_endpoints_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_LISTEN", "tcp:1 tcp:2")

    for_environment, for_option = planned(Options, "--insecure"), planned(Options, "--port", "3")

    assert for_environment.hub is not None
    assert for_environment.hub.listen == ["tcp:1", "tcp:2"]
    assert for_option.hub is not None
    assert for_option.hub.listen == ["tcp:3:interface=127.0.0.1"]
