"""Linking a command to a hub, and saying why there is none."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor

from exchange.app.cli.dialling import asked_credentials, exchange_to_dial, link, start_of
from exchange.app.cli.linking import add_link_options
from exchange.app.cli.status import NoHub
from exchange.app.tables import HubTable
from exchange.errors import ConfigurationError
from exchange.services.exchange import Exchange
from exchange.services.hub import Hub
from tests.system.processes import free_port


async def running_hub(group: str = "") -> tuple[Hub, str]:
    hub = Hub(reactor, "rome", group)
    port = await _listening(hub)
    return hub, f"tcp:127.0.0.1:{port}"


async def _listening(hub: Hub) -> int:
    listener = hub.listen("tcp:0:interface=127.0.0.1")
    hub.startService()
    address: Any = (await listener.when_listening()).getHost()
    return int(address.port)


async def refusal(*hubs: str, wait: float = 0, patience: float = 5, group: str = "") -> str:
    """Return why there is no link."""
    exchange = Exchange(reactor, group)
    try:
        with pytest.raises(NoHub) as caught:
            await link(exchange, hubs, wait=wait, patience=patience)
        return str(caught.value)
    finally:
        await exchange.stopService()


@pytest_twisted.ensureDeferred
async def test_a_hub_that_welcomes_us_is_taken_though_others_are_away() -> None:
    hub, place = await running_hub()
    exchange = Exchange(reactor)

    await link(exchange, [f"tcp:127.0.0.1:{free_port()}", place], wait=0, patience=5)

    assert exchange.outstanding().links == 1
    await exchange.stopService()
    await hub.stopService()


@pytest_twisted.ensureDeferred
async def test_where_nobody_listens_the_mend_is_to_start_a_hub() -> None:
    place = f"tcp:127.0.0.1:{free_port()}"

    start = f"twistd -n exchange --port {place.rpartition(':')[2]}"
    assert await refusal(place) == f"no hub at {place} (nobody listens there); start one with: {start}"


@pytest_twisted.ensureDeferred
async def test_a_hub_of_another_group_is_said_to_be_one() -> None:
    hub, place = await running_hub("plant")

    assert await refusal(place, group="office") == (
        f"the hub at {place} does not take us: this hub is in exchange group 'plant', not 'office'; "
        "name the right one with --group"
    )
    await hub.stopService()


@pytest_twisted.ensureDeferred
async def test_waiting_for_a_hub_ends_when_the_time_is_up() -> None:
    place = f"tcp:127.0.0.1:{free_port()}"

    assert await refusal(place, wait=0.2) == f"no hub at {place} answered in 0.2 seconds; is it running?"


@pytest_twisted.ensureDeferred
async def test_a_hub_that_refuses_for_as_long_as_we_wait_is_not_said_to_be_silent() -> None:
    hub, place = await running_hub("plant")

    assert await refusal(place, group="office", wait=0.4) == (
        f"the hub at {place} does not take us: this hub is in exchange group 'plant', not 'office'; "
        "name the right one with --group"
    )
    await hub.stopService()


@pytest.mark.parametrize(
    ("hub", "command"),
    [
        ("tcp:localhost:11111", "twistd -n exchange"),
        ("tcp:127.0.0.1:1", "twistd -n exchange --port 1"),
        ("tcp:hosta:11111", "twistd -n exchange --interface hosta"),
        ("tcp:\\:\\:1:2", "twistd -n exchange --port 2 --interface ::1"),
        ("unix:my hub.sock", "twistd -n exchange --listen 'unix:my hub.sock'"),
        ("tcp:host=a:port=1", "twistd -n exchange"),
    ],
)
def test_the_command_that_starts_a_hub_lets_it_listen_where_it_is_dialled(hub: str, command: str) -> None:
    assert start_of(hub) == command


def test_what_a_hub_is_shown_is_read_from_the_file_that_option_or_environment_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, mode in (("mine", 0o600), ("ours", 0o644)):
        (tmp_path / name).write_text(f"token:{name}:q9bJ3xv0m2kT7sWd")
        (tmp_path / name).chmod(mode)
    parser = ArgumentParser()
    add_link_options(parser)
    given = parser.parse_args(["--credentials", f"{tmp_path}/mine"])
    environ = {"EXCHANGE_CREDENTIALS": f"{tmp_path}/ours"}

    exchanges = [
        exchange_to_dial(reactor, HubTable(), given, environ),
        exchange_to_dial(reactor, HubTable(), parser.parse_args([]), environ),
        exchange_to_dial(reactor, HubTable(), parser.parse_args([]), {}),
    ]

    shown = [repr(each._links.credentials) for each in exchanges]
    assert shown == ["<token of 'mine'>", "<token of 'ours'>", "None"]
    text = f"{tmp_path}/ours can be read by every user of this machine, and what is in it used"
    assert capsys.readouterr().err == f"warning: {text}; chmod o-r {tmp_path}/ours\n"


def test_a_file_that_cannot_be_shown_is_told_by_what_named_it(tmp_path: Path) -> None:
    options = Namespace(credentials=None)

    with pytest.raises(ConfigurationError, match="^EXCHANGE_CREDENTIALS: none: cannot be read"):
        asked_credentials(options, {"EXCHANGE_CREDENTIALS": "none"}, print)
