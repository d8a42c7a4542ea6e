"""What ``twistd xmlrpc-gateway`` plans for its options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exchange.app.gateways import Options
from exchange.app.tables import GatewayTable
from tests.app.planning import complaint, planned


def test_a_gateway_without_options_is_the_usual_one() -> None:
    plan = planned(Options)

    assert [(each.table, each.hubs) for each in plan.gateways] == [(GatewayTable(), ("tcp:localhost:11111",))]


def test_every_value_of_a_gateway_can_be_given_as_option() -> None:
    words = "--port 1 --interface 0.0.0.0 --path /rpc -s a --service-group b --choice sticky --max-body 7"
    words += " --max-batch 3 --none empty --big-integers text --max-calls 4 --max-connections 5"
    words += " --max-connections-per-address 6 --request-timeout 7.5 --idle-timeout 8"
    words += (
        " --passwords p --tokens t --checker a:B --origins https://a.example --origins https://b.example --errors full"
    )

    assert planned(Options, *words.split()).gateways[0].table == GatewayTable(
        listen="tcp:1:interface=0.0.0.0",
        mount={"/rpc": "xmlrpc"},
        service_group=["a", "b"],
        choice="sticky",
        max_body=7,
        max_batch=3,
        max_calls=4,
        max_connections=5,
        max_connections_per_address=6,
        request_timeout=7.5,
        idle_timeout=8,
        none="empty",
        big_integers="text",
        passwords="p",
        tokens="t",
        checker=["a:B"],
        origins=["https://a.example", "https://b.example"],
        errors="full",
    )


def test_options_change_the_one_gateway_of_a_file_that_was_chosen(site: str) -> None:
    plan = planned(Options, "--config", site, "--only", "gateways.web", "--choice", "sticky")

    assert [each.table for each in plan.gateways] == [GatewayTable(listen="tcp:8001", max_body=5, choice="sticky")]


def test_options_of_one_gateway_are_refused_for_several(site: str) -> None:
    assert complaint(Options, "--config", site, "--port", "1") == (
        f"{site} has several gateways; choose the one to change with --only gateways.NAME"
    )


def test_a_file_without_gateways_is_refused_by_the_gateway_command(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text("[hub]")

    assert complaint(Options, "--config", str(tmp_path / "site.toml")).endswith(
        "has no gateway to run; add a table [gateways.NAME]"
    )


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("--choice any", '--choice: expected "least-owing" or "sticky", got \'any\''),
        ("--none null", '--none: expected "nil", "refuse" or "empty", got \'null\''),
        ("--big-integers i4", '--big-integers: expected "i8", "refuse" or "text", got \'i4\''),
        ("--max-batch 0", "--max-batch: expected a whole number above 0, got '0'"),
        ("--max-calls 0", "--max-calls: expected a whole number above 0, got '0'"),
        ("--max-connections many", "--max-connections: expected a whole number above 0, got 'many'"),
        ("--request-timeout 0", "--request-timeout: expected a number of seconds above 0, got '0'"),
        ("--errors all", '--errors: expected "redacted" or "full", got \'all\''),
        ("--service x --audience y", "--service and --audience: either tells alone which services are shown"),
        ("--service-group x --service y", "--service-group and --service: either tells alone which services are shown"),
        ("--path rpc", "--path: 'rpc' is not a path; one looks like /xmlrpc/service"),
        ("--listen tcp:1 --listen tcp:2", "--listen: a gateway listens at one endpoint"),
        ("--max-body 1MiB", "--max-body: expected a number of bytes above 0, got '1MiB'"),
    ],
)
def test_a_wrong_option_is_answered_with_one_line(words: str, line: str) -> None:
    assert complaint(Options, *words.split()) == line


def test_the_environment_says_the_same_by_the_same_names(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"PASSWORDS": "p", "TOKENS": "t", "CHECKER": "a:B c:D", "ORIGINS": "https://a.example *", "ERRORS": "full"}
    for name, value in said.items():
        monkeypatch.setenv(f"EXCHANGE_{name}", value)

    assert planned(Options, "--errors", "redacted").gateways[0].table == GatewayTable(
        passwords="p", tokens="t", checker=["a:B", "c:D"], origins=["https://a.example", "*"]
    )


def test_files_of_a_configuration_lie_beside_it_and_those_of_options_where_one_is(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text('[hub]\n[gateways.web]\npasswords = "passwords"\ntokens = "/etc/tokens"\n')

    (gateway,) = planned(Options, "--config", str(site)).gateways
    assert (gateway.table.passwords, gateway.table.tokens) == (str(tmp_path / "passwords"), "/etc/tokens")
    (gateway,) = planned(Options, "--config", str(site), "--passwords", "mine").gateways
    assert (gateway.table.passwords, gateway.table.tokens) == ("mine", "/etc/tokens")


def test_checkers_are_found_beside_the_configuration_and_where_one_is(site: str) -> None:
    assert planned(Options, "--config", site, "--only", "gateways.web").folders == (Path(site).parent, Path.cwd())
    assert planned(Options).folders == (Path.cwd(),)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("", {"service": "pump"}),
        ("--service math", {"service": "math"}),
        ("--audience plant", {"audience": "plant"}),
        ("-s a -s b", {"service_group": ["a", "b"]}),
    ],
)
def test_which_services_are_shown_is_said_by_an_option_else_the_environment_else_the_file(
    words: str, shown: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site.toml").write_text("[hub]\n[gateways.web]\naudience = 'office'\n")
    monkeypatch.setenv("EXCHANGE_SERVICE", "pump")

    (gateway,) = planned(Options, "--config", str(tmp_path / "site.toml"), *words.split()).gateways

    assert gateway.table == GatewayTable(**shown)
