"""Which hub a verb of the `exchange` command connects to, and how."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from exchange.app.cli.contexts import Context
from exchange.app.cli.linking import Surroundings, add_link_options, asked_hubs, asked_links, surroundings
from exchange.app.tables import HubTable
from exchange.errors import ConfigurationError


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_link_options(parser)
    return parser.parse_args(words)


def test_options_win_over_the_environment_and_that_over_the_default() -> None:
    assert asked_hubs(options(), {}) == (["tcp:localhost:11111"], "EXCHANGE_HUB")
    assert asked_hubs(options(), {"EXCHANGE_HUB": "a:1 b:2"}) == (["a:1", "b:2"], "EXCHANGE_HUB")
    assert asked_hubs(options("-H", "c:3", "--hub", "d:4"), {"EXCHANGE_HUB": "a:1"}) == (["c:3", "d:4"], "--hub")


def test_group_and_liveness_come_from_options_or_environment() -> None:
    environ = {"EXCHANGE_GROUP": "plant", "EXCHANGE_HEARTBEAT": "2"}

    assert asked_links(options(), {}) == HubTable()
    assert asked_links(options(), environ) == HubTable(group="plant", heartbeat=2.0)
    assert asked_links(options("-g", "", "--heartbeat", "3", "--dead-after", "6"), environ) == HubTable(
        group="", heartbeat=3.0, dead_after=6.0
    )


@pytest.mark.parametrize(
    ("words", "environ", "text"),
    [
        (["--heartbeat", "soon"], {}, "--heartbeat: expected a number of seconds above 0, got 'soon'"),
        ([], {"EXCHANGE_DEAD_AFTER": "-1"}, "EXCHANGE_DEAD_AFTER: expected a number of seconds above 0, got '-1'"),
        (["--heartbeat", "30"], {}, "^--dead-after .30. must be at least 1.5 times heartbeat .30."),
    ],
)
def test_a_wrong_value_is_named_by_where_it_was_given(words: list[str], environ: dict[str, str], text: str) -> None:
    with pytest.raises(ConfigurationError, match=text):
        asked_links(options(*words), environ)


PLANT = Context("plant", {"hub": ["unix:my hub.sock"], "group": "plant", "heartbeat": "x", "key": "/k.pem"})


def test_a_context_says_what_neither_option_nor_environment_does() -> None:
    around = Surroundings({"EXCHANGE_GROUP": "office"}, PLANT)

    assert asked_hubs(options(), around) == (["unix:my hub.sock"], "context 'plant': hub")
    assert asked_hubs(options("-H", "c:3"), around) == (["c:3"], "--hub")
    assert asked_hubs(options(), Surroundings({"EXCHANGE_HUB": "a:1"}, PLANT)) == (["a:1"], "EXCHANGE_HUB")
    assert asked_links(options("--heartbeat", "2"), around).group == "office"
    assert asked_links(options("--heartbeat", "2"), Surroundings({}, PLANT)).group == "plant"
    assert asked_links(options("--heartbeat", "2", "-g", ""), around).group == ""
    assert (around["EXCHANGE_KEY"], around.label("EXCHANGE_KEY")) == ("/k.pem", "context 'plant': key")
    assert around.label("EXCHANGE_GROUP") == "EXCHANGE_GROUP"
    assert asked_hubs(options(), Surroundings({}, Context("x", {}))) == (["tcp:localhost:11111"], "EXCHANGE_HUB")


def test_a_wrong_value_of_a_context_is_named_by_it() -> None:
    with pytest.raises(ConfigurationError, match=r"^context 'plant': heartbeat: expected a number of seconds above 0"):
        asked_links(options(), Surroundings({}, PLANT))


def test_the_context_is_chosen_by_option_or_environment(tmp_path: Path) -> None:
    (tmp_path / "exchange").mkdir()
    (tmp_path / "exchange/contexts.toml").write_text("[contexts.a]\n[contexts.b]\n")
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}

    assert surroundings(options(), environ).context is None
    chosen = surroundings(options("-C", "b"), environ | {"EXCHANGE_CONTEXT": "a"}).context
    assert chosen is not None
    assert chosen.name == "b"
