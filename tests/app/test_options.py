"""What the options of the twistd commands come to, and what is said of wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from twisted.python import usage

from exchange.app import gateways, hub, services
from exchange.app.config import GatewayTable, HubTable, LimitsTable, listed
from exchange.app.options import CommandOptions
from exchange.app.plan import Plan

SITE = """
[hub]
listen = ["tcp:12000:interface=127.0.0.2", "unix:hub.sock"]
group = "plant"
heartbeat = 3

[limits]
max-frame = 4096

[services.math]
class = "arithmetic:Math"

[services.store]
class = "plant.store:Store"
hub = "elsewhere:1"

[gateways.web]
listen = "tcp:8001"
max-body = 5

[gateways.other]
listen = "tcp:8002"
hub = ["tcp:elsewhere:1", "tcp:elsewhere:2"]
"""

Commands = type[hub.Options] | type[services.Options] | type[gateways.Options]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HUB", "GROUP", "LISTEN", "HEARTBEAT", "DEAD_AFTER", "MAX_FRAME"):
        monkeypatch.delenv(f"EXCHANGE_{name}", raising=False)


@pytest.fixture
def site(tmp_path: Path) -> str:
    file = tmp_path / "site.toml"
    file.write_text(SITE)
    return str(file)


def planned(command: Commands, *words: str) -> Plan:
    options = command()
    options.parseOptions(list(words))
    return options.plan


def complaint(command: Commands, *words: str) -> str:
    with pytest.raises(SystemExit) as caught:
        command().parseOptions(list(words))
    line = str(caught.value.code)
    assert "\n" not in line
    return line.removeprefix(f"twistd {command.command}: ")


def test_a_hub_without_options_listens_at_the_usual_place() -> None:
    plan = planned(hub.Options)

    assert plan.hub == HubTable()
    assert listed(HubTable().listen) == ["tcp:11111:interface=127.0.0.1"]
    assert plan.limits == LimitsTable()
    assert not plan.services
    assert not plan.gateways


def test_port_and_interface_are_short_for_an_endpoint() -> None:
    plan = planned(hub.Options, "--port", "12345", "--interface", "::1")

    assert plan.hub is not None
    assert plan.hub.listen == ["tcp:12345:interface=\\:\\:1"]


def test_a_hub_may_listen_at_several_endpoints() -> None:
    plan = planned(hub.Options, "--listen", "unix:a", "-l", "tcp:1", "--port", "2")

    assert plan.hub is not None
    assert plan.hub.listen == ["unix:a", "tcp:1", "tcp:2:interface=127.0.0.1"]


def test_every_value_of_hub_and_limits_can_be_given_as_option() -> None:
    plan = planned(
        hub.Options, "--name", "rome", "-g", "plant", "--heartbeat", "1.5", "--dead-after", "3", "--max-frame", "9"
    )

    assert plan.hub == HubTable(name="rome", group="plant", heartbeat=1.5, dead_after=3.0)
    assert plan.limits == LimitsTable(max_frame=9)
    assert (plan.links.group, plan.links.heartbeat, plan.links.dead_after) == ("plant", 1.5, 3.0)


def test_option_wins_over_environment_over_file_over_default(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def heartbeat(*words: str) -> float:
        return planned(hub.Options, *words).links.heartbeat

    assert heartbeat() == 10
    assert heartbeat("--config", site) == 3
    monkeypatch.setenv("EXCHANGE_HEARTBEAT", "4")
    assert heartbeat("--config", site) == 4
    assert heartbeat() == 4
    assert heartbeat("--config", site, "--heartbeat", "5") == 5


def test_an_empty_environment_variable_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_HEARTBEAT", "")
    monkeypatch.setenv("EXCHANGE_LISTEN", "")

    assert planned(hub.Options).hub == HubTable()


def test_a_port_on_the_command_line_wins_over_endpoints_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_LISTEN", "tcp:1 tcp:2")

    for_environment, for_option = planned(hub.Options), planned(hub.Options, "--port", "3")

    assert for_environment.hub is not None
    assert for_environment.hub.listen == ["tcp:1", "tcp:2"]
    assert for_option.hub is not None
    assert for_option.hub.listen == ["tcp:3:interface=127.0.0.1"]


def test_a_site_runs_all_its_parts_at_its_own_hub(site: str) -> None:
    plan = planned(hub.Options, "--config", site)

    own = ("tcp:127.0.0.2:12000", "unix:hub.sock")
    assert plan.hub is not None
    assert [(each.class_paths, each.hubs) for each in plan.services] == [
        (("arithmetic:Math",), own),
        (("plant.store:Store",), ("tcp:elsewhere:1",)),
    ]
    assert [each.hubs for each in plan.gateways] == [own, ("tcp:elsewhere:1", "tcp:elsewhere:2")]
    assert plan.folders == (Path(site).parent.resolve(),)


def test_parts_of_a_site_dial_the_port_that_an_option_gave_its_hub(site: str) -> None:
    plan = planned(hub.Options, "--config", site, "--port", "3", "--only", "hub", "--only", "services.math")

    assert [each.hubs for each in plan.services] == [("tcp:127.0.0.1:3",)]


def test_a_part_of_a_site_can_run_without_its_hub(site: str) -> None:
    plan = planned(hub.Options, "--config", site, "--only", "gateways.web")

    assert plan.hub is None
    assert plan.services == ()
    assert [each.hubs[0] for each in plan.gateways] == ["tcp:127.0.0.2:12000"]
    assert plan.links.group == "plant"


def test_services_named_by_class_share_a_peer_of_the_usual_hub() -> None:
    plan = planned(services.Options, "arithmetic:Math", "plant.store:Store")

    assert [(each.class_paths, each.hubs) for each in plan.services] == [
        (("arithmetic:Math", "plant.store:Store"), ("tcp:localhost:11111",))
    ]
    assert plan.hub is None
    assert plan.folders == (Path.cwd(),)


def test_hubs_may_be_written_short_and_several_are_kept_in_order() -> None:
    plan = planned(services.Options, "-H", "hosta:1", "--hub", "tcp:hostb:2", "--hub", "[::1]:3", "m:C")

    assert plan.services[0].hubs == ("tcp:hosta:1", "tcp:hostb:2", "tcp:\\:\\:1:3")


def test_the_hub_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_HUB", "hosta:1 hostb:2")

    assert planned(services.Options, "m:C").services[0].hubs == ("tcp:hosta:1", "tcp:hostb:2")
    assert planned(gateways.Options, "-H", "hostc:3").gateways[0].hubs == ("tcp:hostc:3",)


def test_the_services_of_a_file_run_at_the_hub_that_an_option_names(site: str) -> None:
    plan = planned(services.Options, "--config", site, "--hub", "hosta:1", "m:C")

    assert [each.class_paths for each in plan.services] == [("m:C",), ("arithmetic:Math",), ("plant.store:Store",)]
    assert {each.hubs for each in plan.services} == {("tcp:hosta:1",)}


def test_a_gateway_without_options_is_the_usual_one() -> None:
    plan = planned(gateways.Options)

    assert [(each.table, each.hubs) for each in plan.gateways] == [(GatewayTable(), ("tcp:localhost:11111",))]


def test_every_value_of_a_gateway_can_be_given_as_option() -> None:
    words = "--port 1 --interface 0.0.0.0 --path /rpc -s a --service-group b --choice sticky --max-body 7"

    assert planned(gateways.Options, *words.split()).gateways[0].table == GatewayTable(
        listen="tcp:1:interface=0.0.0.0",
        mount={"/rpc": "xmlrpc"},
        service_group=["a", "b"],
        choice="sticky",
        max_body=7,
    )


def test_options_change_the_one_gateway_of_a_file_that_was_chosen(site: str) -> None:
    plan = planned(gateways.Options, "--config", site, "--only", "gateways.web", "--choice", "sticky")

    assert [each.table for each in plan.gateways] == [GatewayTable(listen="tcp:8001", max_body=5, choice="sticky")]


@pytest.mark.parametrize(
    ("command", "words", "line"),
    [
        (hub.Options, "--port x", "--port: expected a number from 0 to 65535, got 'x'"),
        (hub.Options, "--port 65536", "--port: expected a number from 0 to 65535, got '65536'"),
        (hub.Options, "--heartbeat soon", "--heartbeat: expected a number of seconds above 0, got 'soon'"),
        (hub.Options, "--heartbeat 20", "hub: dead-after (30) must be at least twice heartbeat (20)"),
        (hub.Options, "--max-frame 0", "--max-frame: expected a number of bytes above 0, got '0'"),
        (hub.Options, "--only hub", "--only chooses parts of a file; say --config FILE too"),
        (
            hub.Options,
            "--listen nonsense",
            "--listen: 'nonsense' is not an endpoint; one looks like tcp:11111:interface=127.0.0.1",
        ),
        (
            hub.Options,
            "--listen tcp:70000",
            "--listen: 'tcp:70000' is beyond port 65535, the highest; one looks like tcp:11111:interface=127.0.0.1",
        ),
        (hub.Options, "--bogus", "option --bogus not recognized; see twistd exchange --help"),
        (hub.Options, "word", "unexpected 'word'; see twistd exchange --help"),
        (services.Options, "", "no service to run; name its class, such as plant.arithmetic:Math"),
        (
            services.Options,
            "--hub tcp:localhost m:C",
            "--hub: 'tcp:localhost' is not an endpoint; one looks like tcp:localhost:11111",
        ),
        (gateways.Options, "--choice any", '--choice: expected "least-owing" or "sticky", got \'any\''),
        (gateways.Options, "--path rpc", "--path: 'rpc' is not a path; one looks like /xmlrpc/service"),
        (gateways.Options, "--listen tcp:1 --listen tcp:2", "--listen: a gateway listens at one endpoint"),
        (gateways.Options, "--max-body 1MiB", "--max-body: expected a number of bytes above 0, got '1MiB'"),
    ],
)
def test_a_wrong_option_is_answered_with_one_line(command: Commands, words: str, line: str) -> None:
    assert complaint(command, *words.split()) == line


def test_a_wrong_environment_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_HEARTBEAT", "soon")

    assert complaint(hub.Options).startswith("EXCHANGE_HEARTBEAT: expected a number of seconds")


def test_options_of_one_gateway_are_refused_for_several(site: str) -> None:
    assert complaint(gateways.Options, "--config", site, "--port", "1") == (
        f"--listen: {site} has several gateways; choose one with --only gateways.NAME"
    )


def test_a_file_without_gateways_is_refused_by_the_gateway_command(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text("[hub]")

    assert complaint(gateways.Options, "--config", str(tmp_path / "site.toml")).endswith(
        "has no gateway to run; add a table [gateways.NAME]"
    )


def test_a_service_without_a_hub_to_dial_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text("[services.math]\nclass = 'm:C'")
    assert complaint(hub.Options, "--config", str(file)) == (
        f"{file}: [services.math] hub: missing, and {file} has no [hub] that could be dialled"
    )

    file.write_text("[hub]\nlisten = 'tcp:0'\n[services.math]\nclass = 'm:C'")
    assert complaint(hub.Options, "--config", str(file)).endswith("has no [hub] that could be dialled")


def test_a_wrong_endpoint_in_the_file_is_found_by_table_and_key(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text("[hub]\nlisten = 'nonsense'")
    assert complaint(hub.Options, "--config", str(file)).startswith(f"{file}: [hub] listen: 'nonsense' is not")

    file.write_text("[hub]\n[gateways.web]\nhub = 'tcp:x'")
    assert complaint(hub.Options, "--config", str(file)).startswith(f"{file}: [gateways.web] hub: 'tcp:x' is not")

    file.write_text("[hub]\n[gateways.web]\nlisten = 'x'")
    assert complaint(hub.Options, "--config", str(file)).startswith(f"{file}: [gateways.web] listen: 'x' is not")


@pytest.mark.parametrize("command", [hub.Options, services.Options, gateways.Options])
def test_the_help_says_what_for_lists_every_option_and_shows_examples(command: type[CommandOptions]) -> None:
    text = command().getUsage(80)

    assert text.strip().startswith(command.about.strip())
    assert "--config=" in text
    assert "--dead-after=" in text
    assert f"twistd -n {command.command}" in text


class Twistd(usage.Options):
    """As much of twistd's own options as ours look at."""

    def __init__(self, *, foreground: bool, pidfile: str = "twistd.pid") -> None:
        super().__init__()
        self["nodaemon"], self["pidfile"] = foreground, pidfile


@pytest.mark.parametrize(
    ("twistd", "pidfile"),
    [
        (Twistd(foreground=True), ""),
        (Twistd(foreground=True, pidfile="mine.pid"), "mine.pid"),
        (Twistd(foreground=False), "twistd.pid"),
    ],
)
def test_in_the_foreground_no_pid_file_is_written_unless_asked_for(twistd: Twistd, pidfile: str) -> None:
    options = hub.Options()
    options.parent = twistd

    options.parseOptions([])

    assert twistd["pidfile"] == pidfile
