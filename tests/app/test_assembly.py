"""A plan, put together and run in this process, over real sockets."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from ssl import create_default_context
from urllib.error import HTTPError
from urllib.request import urlopen
from xmlrpc.client import ProtocolError, ServerProxy

import msgspec
import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.threads import deferToThread

from exchange.app.assembly import Assembly, assemble
from exchange.app.credentials import CredentialsFile
from exchange.app.plan import Plan, PlannedBridge, PlannedGateway, PlannedServices, PlannedSide
from exchange.app.policy import PolicyTable
from exchange.app.securing import Securing
from exchange.app.start import Terminal
from exchange.app.tables import GatewayTable, HubTable, LimitsTable
from exchange.errors import CallRefused, LinkRefused
from exchange.services.exchange import Exchange
from tests.net.authority import make_files
from tests.system.processes import free_port

SERVICES = """
from exchange import Service, method

class Math(Service):
    name = "math"
    groups = ["web-services"]

    @method
    def multiply(self, x: float, y: float) -> float:
        return x * y

class Hidden(Service):
    name = "hidden"
    hidden = True

class Misnamed(Service):
    name = "$secret"

class Nameless(Service):
    groups = ["web-services"]

class Twice(Math):
    @method(name="multiply")
    def times(self, x: float, y: float) -> float:
        return x * y
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with services in a module, which is forgotten after the test."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    (tmp_path / "plant_services.py").write_text(SERVICES)
    return tmp_path


def way_to(port: int) -> tuple[str, ...]:
    return (f"tcp:127.0.0.1:{port}",)


def plan_at(port: int, folder: Path, *classes: str, gateways: tuple[GatewayTable, ...] = ()) -> Plan:
    """Return a plan of a hub, services that share a peer, and gateways."""
    table = HubTable(name="rome", listen=f"tcp:{port}:interface=127.0.0.1")
    way = way_to(port)
    return Plan(
        hub=table,
        links=table,
        limits=LimitsTable(max_calls=7),
        services=(PlannedServices("", tuple(f"plant_services:{name}" for name in classes), way, "multiply 6 7"),)
        if classes
        else (),
        gateways=tuple(PlannedGateway("", table, way) for table in gateways),
        folders=(folder,),
    )


@pytest_twisted.ensureDeferred
async def test_everything_serves_before_the_line_says_so(folder: Path) -> None:
    port, web_port = free_port(), free_port()
    web = GatewayTable(listen=f"tcp:{web_port}:interface=127.0.0.1")
    assembly = _assembled(plan_at(port, folder, "Math", "Hidden", gateways=(web,)))

    line = await assembly.serves

    assert line.startswith(
        f"exchange serves: hub rome at tcp:127.0.0.1:{port}, service math, service hidden, "
        f"XML-RPC at http://127.0.0.1:{web_port}/xmlrpc/service; try: "
    )
    assert line.endswith(f"exchange call --hub tcp:127.0.0.1:{port} math.multiply 6 7")
    assert await _called(port) == 42
    await maybeDeferred(assembly.site.stopService)


@pytest_twisted.ensureDeferred
async def test_gateways_at_one_endpoint_share_its_listener_and_show_different_services(folder: Path) -> None:
    port, web_port = free_port(), free_port()
    listen = f"tcp:{web_port}:interface=127.0.0.1"
    tables = (
        GatewayTable(listen=listen, service="math", mount={"/math": "xmlrpc"}),
        GatewayTable(listen=listen, service_group="nobody", mount={"/nobody": "xmlrpc", "/": f"files:{folder}"}),
    )
    assembly = _assembled(plan_at(port, folder, "Math", gateways=tables))

    line = await assembly.serves

    base = f"http://127.0.0.1:{web_port}"
    assert f"XML-RPC at {base}/math, XML-RPC at {base}/nobody, files of {folder} at {base}/; try: " in line
    with ServerProxy(f"{base}/math") as at_math, ServerProxy(f"{base}/nobody/math") as at_nobody:
        assert await deferToThread(at_math.multiply, 6, 7) == 42
        with pytest.raises(ProtocolError, match="404"):
            await deferToThread(at_nobody.multiply, 6, 7)
    with await deferToThread(urlopen, f"{base}/plant_services.py") as answer:
        assert answer.read().decode() == SERVICES
    await maybeDeferred(assembly.site.stopService)


@pytest_twisted.ensureDeferred
async def test_the_page_of_a_hub_stands_where_it_was_asked_for(folder: Path) -> None:
    web_port = free_port()
    assembly = _assembled(replace(plan_at(free_port(), folder), http=f"tcp:{web_port}:interface=127.0.0.1"))

    line = await assembly.serves

    assert f", page at http://127.0.0.1:{web_port}/; " in line
    with await deferToThread(urlopen, f"http://127.0.0.1:{web_port}/") as answer:
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    await maybeDeferred(assembly.site.stopService)


@pytest_twisted.ensureDeferred
async def test_the_page_speaks_tls_as_the_hub_does_and_knows_who_has_shown_a_certificate(folder: Path) -> None:
    make_files(folder)
    usual, web_port = plan_at(free_port(), folder), free_port()
    files = [str(folder / name) for name in ("hub.pem", "hub-key.pem", "authority.pem")]
    assert usual.hub is not None
    table = msgspec.structs.replace(usual.hub, certificate=files[0], key=files[1], authority=files[2])
    plan = replace(
        usual,
        hub=table,
        http=f"tcp:{web_port}:interface=127.0.0.1",
        securing=Securing(files[0], files[1], files[2]),
        policy=(PolicyTable(principal="press", administer="$exchange"),),
    )
    assembly = _assembled(plan)
    anybody, press = (create_default_context(cafile=files[2]) for _ in range(2))
    press.load_cert_chain(folder / "peer.pem", folder / "peer-key.pem")

    assert f", page at https://127.0.0.1:{web_port}/; " in await assembly.serves

    page = f"https://localhost:{web_port}/api/state"
    with await deferToThread(urlopen, page, context=press) as answer:
        assert json.load(answer)["overview"]["name"] == "rome"
    with pytest.raises(HTTPError, match="401") as caught:
        await deferToThread(urlopen, page, context=anybody)
    caught.value.close()
    with await deferToThread(urlopen, f"https://localhost:{web_port}/healthz", context=anybody) as answer:
        assert answer.status == 200
    await maybeDeferred(assembly.site.stopService)


def test_gateways_that_want_the_same_path_of_one_endpoint_end_the_command(folder: Path) -> None:
    plan = plan_at(free_port(), folder, gateways=(GatewayTable(), GatewayTable()))

    with pytest.raises(SystemExit, match="'/xmlrpc/service' is mounted at the same listener, '.*', by"):
        assemble(reactor, plan, "exchange", Terminal())


@pytest_twisted.ensureDeferred
async def test_services_serve_once_a_hub_elsewhere_has_welcomed_them(folder: Path) -> None:
    port = free_port()
    plan = replace(plan_at(port, folder), services=(PlannedServices("", ("plant_services:Math",), way_to(port)),))
    services = _assembled(replace(plan, hub=None))
    assert not services.serves.called
    hub = _assembled(plan_at(port, folder))

    line = await services.serves

    assert line.startswith("exchange serves: service math; to call it: ")
    assert line.endswith(f"exchange call --hub tcp:127.0.0.1:{port} math.METHOD ARGUMENT ...")
    assert await _called(port) == 42
    await maybeDeferred(services.site.stopService)
    await maybeDeferred(hub.site.stopService)


@pytest_twisted.ensureDeferred
async def test_a_hub_alone_proposes_to_offer_a_service(folder: Path) -> None:
    port = free_port()
    assembly = _assembled(plan_at(port, folder))

    assert (await assembly.serves).endswith(
        f"twistd -n exchange-services --hub tcp:127.0.0.1:{port} package.module:Class"
    )
    await maybeDeferred(assembly.site.stopService)


@pytest_twisted.ensureDeferred
async def test_what_is_proposed_shows_credentials_where_the_hub_asks_for_them(folder: Path) -> None:
    for name, text in {"tokens": "all:q9bJ3xv0m2kT7sWd\n", "own": "token:all:q9bJ3xv0m2kT7sWd\n"}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)
    port = free_port()
    usual, served = plan_at(port, folder), plan_at(port, folder, "Math")
    assert usual.hub is not None
    own = CredentialsFile(str(folder / "own"), "[hub] credentials")
    hub = _assembled(replace(usual, hub=msgspec.structs.replace(usual.hub, token_file=str(folder / "tokens"))))
    services = _assembled(
        replace(served, hub=None, services=tuple(replace(each, shown=own) for each in served.services))
    )

    way = f"--hub tcp:127.0.0.1:{port} --credentials YOURS.secret"
    assert (await hub.serves).endswith(f"twistd -n exchange-services {way} package.module:Class")
    assert (await services.serves).endswith(f"exchange call {way} math.multiply 6 7")
    await maybeDeferred(services.site.stopService)
    await maybeDeferred(hub.site.stopService)


@pytest_twisted.ensureDeferred
async def test_a_bridge_serves_once_it_is_linked_on_both_sides(folder: Path) -> None:
    front_port, back_port = free_port(), free_port()
    bridge = PlannedBridge("store", PlannedSide("database", way_to(back_port)), PlannedSide("", way_to(front_port)))
    joined = _assembled(Plan(None, HubTable(), LimitsTable(), bridges=(bridge,), folders=(folder,)))
    front = _assembled(plan_at(front_port, folder))
    assert not joined.serves.called
    table = HubTable(listen=f"tcp:{back_port}:interface=127.0.0.1", group="database")
    services = (PlannedServices("", ("plant_services:Math",), way_to(back_port)),)
    back = _assembled(Plan(table, table, LimitsTable(), services, folders=(folder,)))

    assert await joined.serves == "exchange serves: bridge store between the groups 'database' and ''"
    assert await _called(front_port, wait=30) == 42
    for assembly in (joined, back, front):
        await maybeDeferred(assembly.site.stopService)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Misnamed", "service '$secret' cannot be announced: "),
        ("Absent", "module 'plant_services' has no 'Absent'; known here: "),
        ("Nameless", 'it has no name; give the class one, such as name = "math"'),
        ("Twice", "service 'math' has two methods under the name 'multiply': 'multiply' and 'times'"),
    ],
)
def test_what_cannot_be_made_ends_the_command_with_one_line(folder: Path, name: str, line: str) -> None:
    with pytest.raises(SystemExit) as caught:
        assemble(reactor, plan_at(free_port(), folder, name), "exchange-services", Terminal())
    assert str(caught.value.code).startswith(f"twistd exchange-services: plant_services:{name}: {line}")


def _assembled(plan: Plan) -> Assembly:
    sys.path.insert(0, str(plan.folders[0]))
    assembly = Assembly(reactor, plan, "twistd exchange", Terminal())
    assembly.site.privilegedStartService()
    assembly.site.startService()
    return assembly


async def _called(port: int, wait: float = 0) -> object:
    caller = Exchange(reactor)
    caller.connect(f"tcp:127.0.0.1:{port}")
    caller.startService()
    await caller.when_linked()
    answer: Deferred[object] = caller.call("math", "multiply", 6, 7, wait=wait)
    product = await answer
    await caller.stopService()
    return product


@pytest_twisted.ensureDeferred
async def test_a_hub_that_asks_is_served_by_those_of_its_file_who_show_what_it_knows(folder: Path) -> None:
    for name, text in {"tokens": "all:q9bJ3xv0m2kT7sWd\n", "own": "token:all:q9bJ3xv0m2kT7sWd\n"}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)
    own = CredentialsFile(str(folder / "own"), "[hub] credentials")
    port = free_port()
    usual = plan_at(port, folder, "Math", gateways=(GatewayTable(listen="tcp:0:interface=127.0.0.1"),))
    assert usual.hub is not None
    table = msgspec.structs.replace(usual.hub, token_file=str(folder / "tokens"))
    plan = replace(
        usual,
        hub=table,
        services=tuple(replace(each, shown=own) for each in usual.services),
        gateways=tuple(replace(each, shown=own) for each in usual.gateways),
        policy=(PolicyTable(offer="math", join="*", watch="*", call="math.*"),),
    )
    assembly = _assembled(plan)
    stranger, known = Exchange(reactor), Exchange(reactor, credentials=own.read())
    try:
        assert "service math" in await assembly.serves
        stranger.connect(*way_to(port))
        stranger.startService()
        with pytest.raises(LinkRefused, match="knows the mechanism 'token' only"):
            await stranger.when_linked(attempts=1)
        known.connect(*way_to(port))
        known.startService()
        await known.when_linked()
        assert await known.call("math", "multiply", 6, 7) == 42
        with pytest.raises(CallRefused):
            await known.call("other", "multiply", 6, 7)
    finally:
        await stranger.stopService()
        await known.stopService()
        await maybeDeferred(assembly.site.stopService)


def test_a_file_of_secrets_that_cannot_be_read_is_told_before_anything_starts(folder: Path) -> None:
    usual = plan_at(1, folder)
    for plan, told in (
        (replace(usual, shown=CredentialsFile("none", "--credentials")), "--credentials: none: cannot be read"),
        (replace(usual, hub=HubTable(token_file="none")), "--token-file: none: cannot be read"),
    ):
        with pytest.raises(SystemExit, match=f"^twistd exchange: {told}"):
            assemble(reactor, plan, "exchange", Terminal())


def test_every_process_has_a_watchdog_unless_it_is_told_otherwise(folder: Path) -> None:
    def parts(links: HubTable) -> list[str]:
        site = Assembly(reactor, Plan(None, links, LimitsTable()), "x", Terminal()).site
        return [type(part).__name__ for part in site]

    assert parts(HubTable()) == ["Notifying", "Watchdog"]
    assert parts(HubTable(blocked_after=0)) == ["Notifying"]
