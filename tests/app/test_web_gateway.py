"""What ``twistd web-gateway`` plans for its options."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.app import web_gateway
from exchange.app.tables import GatewayTable
from exchange.app.web_gateway import Options
from tests.app.planning import complaint, planned

ALL = {"/xmlrpc/service": "xmlrpc", "/soap": "soap", "/jsonrpc": "jsonrpc", "/live": "live"}


def test_a_gateway_without_options_shows_all_that_there_is() -> None:
    plan = planned(Options)

    assert [(each.table, each.hubs) for each in plan.gateways] == [(GatewayTable(mount=ALL), ("tcp:localhost:11111",))]


def test_without_lxml_there_is_all_but_soap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_gateway, "find_spec", lambda name: None)

    assert list(planned(Options).gateways[0].table.mount.values()) == ["xmlrpc", "jsonrpc", "live"]


def test_every_value_of_a_gateway_can_be_given_as_option(tmp_path: Path) -> None:
    words = f"--port 1 --mount /rpc=jsonrpc -m /=files:{tmp_path} --service math --choice sticky --max-body 7"
    words += " --max-batch 3 --none empty --big-integers text --live-heartbeat 2.5 --max-streams 4"
    words += " --max-streams-per-address 2"

    assert planned(Options, *words.split()).gateways[0].table == GatewayTable(
        listen="tcp:1:interface=127.0.0.1",
        mount={"/rpc": "jsonrpc", "/": f"files:{tmp_path}"},
        service="math",
        choice="sticky",
        max_body=7,
        max_batch=3,
        none="empty",
        big_integers="text",
        live_heartbeat=2.5,
        max_streams=4,
        max_streams_per_address=2,
    )


def test_the_environment_says_the_same_by_the_same_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_MOUNT", "/a=live /b=xmlrpc")
    monkeypatch.setenv("EXCHANGE_LIVE_HEARTBEAT", "3")

    assert planned(Options).gateways[0].table == GatewayTable(mount={"/a": "live", "/b": "xmlrpc"}, live_heartbeat=3)


def test_all_gateways_of_a_file_run(site: str) -> None:
    assert [each.label.rpartition(" ")[2] for each in planned(Options, "--config", site).gateways] == [
        "[gateways.web]",
        "[gateways.other]",
    ]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("--mount /live", "--mount: expected PATH=WHAT, such as /live=live or /=files:public, got '/live'"),
        ("--mount /live=", "--mount: expected PATH=WHAT, such as /live=live or /=files:public, got '/live='"),
        ("--mount /a=live --mount /a=soap", "--mount: '/a' is given twice, as live and as soap"),
        ("--mount live=live", "--mount: 'live' is not a path; one looks like /xmlrpc/service"),
        ("--mount /=live", "--mount: '/' is not a path; one looks like /xmlrpc/service"),
        ("--mount /a=gopher", "--mount: nothing is called 'gopher' that could answer at '/a'"),
        ("--mount /a=live --mount /a/b=xmlrpc", "--mount: '/a/b' stands below '/a'; put it elsewhere"),
        ("--mount /a=files:nowhere", "--mount: there is no folder 'nowhere' for '/a'; make it, or name another"),
        ("--max-streams 0", "--max-streams: expected a whole number above 0, got '0'"),
        ("--live-heartbeat 0", "--live-heartbeat: expected a number of seconds above 0, got '0'"),
    ],
)
def test_a_wrong_option_is_answered_with_one_line(words: str, line: str) -> None:
    assert complaint(Options, *words.split()).startswith(line)
