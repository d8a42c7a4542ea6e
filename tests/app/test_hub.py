"""What ``twistd exchange`` plans for its options."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.app.credentials import CredentialsFile
from exchange.app.hub import Options
from exchange.app.tables import HubTable, LimitsTable, listed
from tests.app.planning import complaint, planned


def test_a_hub_without_options_listens_at_the_usual_place() -> None:
    plan = planned(Options)

    assert plan.hub == HubTable()
    assert listed(HubTable().listen) == ["tcp:11111:interface=127.0.0.1"]
    assert plan.limits == LimitsTable()
    assert not plan.services
    assert not plan.gateways


def test_every_value_of_hub_and_limits_can_be_given_as_option() -> None:
    plan = planned(
        Options, "--name", "rome", "-g", "plant", "--heartbeat", "1.5", "--dead-after", "3", "--max-frame", "131072"
    )

    assert plan.hub == HubTable(name="rome", group="plant", heartbeat=1.5, dead_after=3.0)
    assert plan.limits == LimitsTable(max_frame=131_072)
    assert (plan.links.group, plan.links.heartbeat, plan.links.dead_after) == ("plant", 1.5, 3.0)


def test_hubs_to_join_are_named_again_and_again_in_full_or_for_short() -> None:
    assert planned(Options).joins == ()
    plan = planned(Options, "--join", "tcp:hostb:11111", "-j", "hostc:1", "--port", "3")

    assert plan.joins == ("tcp:hostb:11111", "tcp:hostc:1")
    assert plan.hub is not None


def test_what_a_hub_advertises_is_named_likewise(tmp_path: Path) -> None:
    assert planned(Options).advertises == ()
    assert planned(Options, "--advertise", "hosta:1", "-a", "tcp:hostb:2").advertises == ("tcp:hosta:1", "tcp:hostb:2")
    file = tmp_path / "site.toml"
    file.write_text("[hub]\nadvertise = 'hosta:1'\ndrain-time = 5")
    plan = planned(Options, "--config", str(file))
    assert (plan.advertises, plan.links.drain_time) == (("tcp:hosta:1",), 5.0)


def test_hubs_to_join_may_stand_in_the_environment_or_in_the_file_and_options_win(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "site.toml"
    file.write_text("[hub]\njoin = ['tcp:hostb:11111', 'hostc:2']\n[services.math]\nclass = 'm:C'")

    assert planned(Options, "--config", str(file)).joins == ("tcp:hostb:11111", "tcp:hostc:2")
    assert planned(Options, "--config", str(file), "--only", "services.math").joins == ()
    monkeypatch.setenv("EXCHANGE_JOIN", "hostd:3 tcp:hoste:4")
    assert planned(Options, "--config", str(file)).joins == ("tcp:hostd:3", "tcp:hoste:4")
    assert planned(Options, "--config", str(file), "--join", "hostf:5").joins == ("tcp:hostf:5",)


def test_a_bridge_of_the_file_is_planned_and_may_be_run_alone(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(
        "[hub]\ngroup = 'plant'\n[services.math]\nclass = 'm:C'\n"
        "[bridges.store]\nhubs = { inner = 'hostb:1' }\ngroups = { inner = 'database' }"
    )

    assert [each.name for each in planned(Options, "--config", str(file)).bridges] == ["store"]
    alone = planned(Options, "--config", str(file), "--only", "bridges.store", "--group", "mill")
    assert (alone.hub, alone.services) == (None, ())
    assert [(each.inner.group, each.outer.group) for each in alone.bridges] == [("database", "mill")]
    assert planned(Options, "--config", str(file), "--only", "hub").bridges == ()


def test_a_site_runs_all_its_parts_at_its_own_hub(site: str) -> None:
    plan = planned(Options, "--config", site)

    own = ("tcp:127.0.0.2:12000", "unix:hub.sock")
    assert plan.hub is not None
    assert [(each.class_paths, each.hubs) for each in plan.services] == [
        (("arithmetic:Math",), own),
        (("plant.store:Store",), ("tcp:elsewhere:1",)),
    ]
    assert [each.hubs for each in plan.gateways] == [own, ("tcp:elsewhere:1", "tcp:elsewhere:2")]
    assert plan.folders == (Path(site).parent.resolve(),)


def test_parts_of_a_site_dial_the_port_that_an_option_gave_its_hub(site: str) -> None:
    plan = planned(Options, "--config", site, "--port", "3", "--only", "hub", "--only", "services.math")

    assert [each.hubs for each in plan.services] == [("tcp:127.0.0.1:3",)]


def test_a_part_of_a_site_can_run_without_its_hub(site: str) -> None:
    plan = planned(Options, "--config", site, "--only", "gateways.web")

    assert plan.hub is None
    assert plan.services == ()
    assert [each.hubs[0] for each in plan.gateways] == ["tcp:127.0.0.2:12000"]
    assert plan.links.group == "plant"


def test_a_service_without_a_hub_to_dial_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text("[services.math]\nclass = 'm:C'")
    assert complaint(Options, "--config", str(file)) == (
        f"{file}: [services.math] hub: missing, and {file} has no [hub] that could be dialled"
    )

    file.write_text("[hub]\nlisten = 'tcp:0:interface=127.0.0.1'\n[services.math]\nclass = 'm:C'")
    assert complaint(Options, "--config", str(file)) == (
        f"{file}: [services.math] hub: missing, and nobody can tell how to dial the [hub] of {file}, "
        "which listens at tcp:0:interface=127.0.0.1; name the hub here, or let it listen at a port of its own"
    )


def test_a_wrong_endpoint_in_the_file_is_found_by_table_and_key(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text("[hub]\nlisten = 'nonsense'")
    assert complaint(Options, "--config", str(file)).startswith(f"{file}: [hub] listen: 'nonsense' is not")

    file.write_text("[hub]\njoin = ['tcp:hostb:11111', 'nonsense']")
    assert complaint(Options, "--config", str(file)).startswith(f"{file}: [hub] join: 'nonsense' is not")

    file.write_text("[hub]\n[gateways.web]\nhub = 'tcp:x'")
    assert complaint(Options, "--config", str(file)).startswith(f"{file}: [gateways.web] hub: 'tcp:x' is not")

    file.write_text("[hub]\n[gateways.web]\nlisten = 'x'")
    assert complaint(Options, "--config", str(file)).startswith(f"{file}: [gateways.web] listen: 'x' is not")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("--port x", "--port: expected a number from 0 to 65535, got 'x'"),
        ("--port 65536", "--port: expected a number from 0 to 65535, got '65536'"),
        ("--heartbeat soon", "--heartbeat: expected a number of seconds above 0, got 'soon'"),
        ("--heartbeat 30", "--dead-after (30) must be at least 1.5 times heartbeat (30)"),
        ("--max-frame 131071", "--max-frame: expected a number of bytes, at least 131072, got '131071'"),
        ("--only hub", "--only chooses parts of a file; say --config FILE too"),
        (
            "--listen nonsense",
            "--listen: 'nonsense' is not an endpoint; one looks like tcp:11111:interface=127.0.0.1",
        ),
        (
            "--listen tcp:70000",
            "--listen: 'tcp:70000' is beyond port 65535, the highest; one looks like tcp:11111:interface=127.0.0.1",
        ),
        ("--join nonsense", "--join: 'nonsense' is not an endpoint; one looks like tcp:localhost:11111"),
        ("--bogus", "option --bogus not recognized; see twistd exchange --help"),
        ("word", "unexpected 'word'; see twistd exchange --help"),
    ],
)
def test_a_wrong_option_is_answered_with_one_line(words: str, line: str) -> None:
    assert complaint(Options, *words.split()) == line


def test_a_file_that_names_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text("[limits]\nmax-calls = 5")

    assert complaint(Options, "--config", str(tmp_path / "site.toml")).endswith(
        "site.toml has nothing to run; add a table, such as [hub]"
    )


def test_who_may_link_can_be_said_by_options_by_the_environment_and_by_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "site.toml"
    file.write_text("[hub]\ntoken-file = 'tokens'\nhubs = 'hub-*'\ncredentials = 'own'\n[[policy]]\ncall = 'a.*'")

    plan = planned(Options, "--config", str(file))
    assert plan.hub is not None
    assert (plan.hub.token_file, plan.hub.hubs) == (f"{tmp_path}/tokens", "hub-*")
    assert plan.shown == CredentialsFile(f"{tmp_path}/own", f"{file}: [hub] credentials")
    assert plan.label == f"{file}: [hub]"
    assert [each.call for each in plan.policy] == ["a.*"]

    monkeypatch.setenv("EXCHANGE_TOKEN_FILE", "others")
    monkeypatch.setenv("EXCHANGE_HUBS", "a b")
    words = ("--password-file", "p", "--checker", "m:Staff", "--credentials", "mine", "--hubs", "x", "--hubs", "y")
    assert planned(Options).hub == HubTable(token_file="others", hubs=["a", "b"])
    plan = planned(Options, *words)
    assert plan.hub == HubTable(
        token_file="others", password_file="p", checker="m:Staff", credentials="mine", hubs=["x", "y"]
    )
    assert plan.shown == CredentialsFile("mine", "--credentials")
    assert plan.label == ""


def test_a_hub_that_does_not_run_here_has_no_policy_here(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text("[hub]\n[services.math]\nclass = 'm:C'\n[[policy]]\ncall = 'a.*'")

    assert planned(Options, "--config", str(file), "--only", "services.math").policy == ()


def test_a_word_that_is_no_checker_is_refused() -> None:
    assert complaint(Options, "--checker", "Staff") == (
        "--checker: expected a class such as \"plant.logins:Staff\", got 'Staff'"
    )


def test_where_the_page_of_the_hub_is_may_be_said(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def page(*words: str) -> str | None:
        return planned(Options, *words).http

    assert page() is None
    assert page("--http", "tcp:8080:interface=127.0.0.1") == "tcp:8080:interface=127.0.0.1"
    monkeypatch.setenv("EXCHANGE_HTTP", "tcp:8081:interface=127.0.0.1")
    assert page("--config", site) == "tcp:8081:interface=127.0.0.1"
    assert page("--config", site, "--only", "services.math") is None
    assert complaint(Options, "--http", "8080") == (
        "--http: '8080' is not an endpoint; one looks like tcp:11111:interface=127.0.0.1"
    )
