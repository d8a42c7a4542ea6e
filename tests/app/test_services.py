"""What ``twistd exchange-services`` plans for its options."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.app.credentials import CredentialsFile
from exchange.app.services import Options
from tests.app.planning import complaint, planned


def test_services_named_by_class_share_a_peer_of_the_usual_hub() -> None:
    plan = planned(Options, "arithmetic:Math", "plant.store:Store")

    assert [(each.class_paths, each.hubs) for each in plan.services] == [
        (("arithmetic:Math", "plant.store:Store"), ("tcp:localhost:11111",))
    ]
    assert plan.hub is None
    assert plan.folders == (Path.cwd(),)


def test_hubs_may_be_written_short_and_several_are_kept_in_order() -> None:
    plan = planned(Options, "-H", "hosta:1", "--hub", "tcp:hostb:2", "--hub", "[::1]:3", "m:C")

    assert plan.services[0].hubs == ("tcp:hosta:1", "tcp:hostb:2", "tcp:\\:\\:1:3")


def test_the_services_of_a_file_run_at_the_hub_that_an_option_names(site: str) -> None:
    plan = planned(Options, "--config", site, "--hub", "hosta:1", "m:C")

    assert [each.class_paths for each in plan.services] == [("m:C",), ("arithmetic:Math",), ("plant.store:Store",)]
    assert {each.hubs for each in plan.services} == {("tcp:hosta:1",)}


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("", "no service to run; name its class, such as plant.arithmetic:Math"),
        (
            "--hub tcp:localhost m:C",
            "--hub: 'tcp:localhost' is not an endpoint; one looks like tcp:localhost:11111",
        ),
    ],
)
def test_a_wrong_option_is_answered_with_one_line(words: str, line: str) -> None:
    assert complaint(Options, *words.split()) == line


def test_what_hubs_are_shown_is_said_for_all_services(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert planned(Options, "m:C").services[0].shown is None
    plan = planned(Options, "--config", site, "--credentials", "mine", "m:C")
    assert {each.shown for each in plan.services} == {CredentialsFile("mine", "--credentials")}
    monkeypatch.setenv("EXCHANGE_CREDENTIALS", "ours")
    assert planned(Options, "m:C").services[0].shown == CredentialsFile("ours", "EXCHANGE_CREDENTIALS")
