"""Parts of a running process take up what their configuration says now; over real sockets."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import maybeDeferred
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread
from twisted.logger import LogLevel, PredicateResult

from exchange import CallRefused, Exchange, Hub, LinkRefused, Tls, Token
from exchange.app import hub
from exchange.app.assembly import Assembly
from exchange.app.reloading import Reloading
from exchange.app.start import Terminal
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
"""
OWN, PRESS = "q9bJ3xv0m2kT7sWd", "a-token-of-the-press"


class Running:
    """A site that runs in this process, and its file."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        self.port, self.web = free_port(), free_port()
        (folder / "plant_renewed.py").write_text(SERVICES)
        for name, line in {"tokens": f"own:{OWN}", "own": f"token:own:{OWN}", "web": f"ann:{OWN}"}.items():
            self.secret(name, line)
        self.write(text)
        self.options = hub.Options()
        self.options.parseOptions(["--config", str(folder / "site.toml")])
        self.assembly = Assembly(reactor, self.options.plan, "twistd exchange", Terminal())
        self.reloading: Reloading = self.assembly.reloading(self.options.replanned)

    async def start(self) -> Running:
        self.assembly.site.privilegedStartService()
        self.assembly.site.startService()
        await self.assembly.serves
        return self

    def write(self, text: str) -> None:
        places = {"HUB": f"tcp:{self.port}:interface=127.0.0.1", "WEB": f"tcp:{self.web}:interface=127.0.0.1"}
        for name, place in places.items():
            text = text.replace(name, place)
        (self.folder / "site.toml").write_text(text)

    def secret(self, name: str, *lines: str) -> None:
        (self.folder / name).write_text("".join(f"{line}\n" for line in lines))
        (self.folder / name).chmod(0o600)

    def reload(self, text: str) -> None:
        self.write(text)
        assert self.reloading.reload()

    @property
    def hub(self) -> Hub:
        """The hub of the site."""
        parts = [each for part in self.assembly.site for each in getattr(part, "services", ())]
        return next(each for each in parts if isinstance(each, Hub))

    async def links_with(self, *principals: str | None) -> None:
        """Wait until these are linked, and nobody else."""
        while {row["principal"] for row in (await self.hub.call("$exchange", "links"))["rows"]} != set(principals):
            await deferLater(reactor, 0.05)

    async def answers(self, path: str, expected: object) -> None:
        """Wait until a path is answered like this."""
        while await self.asked(path) != expected:
            await deferLater(reactor, 0.05)

    async def linked(self, principal: str, token: str) -> Exchange:
        """Return a peer that has linked; it fails if it may not."""
        peer = Exchange(reactor, credentials=Token(principal, token))
        peer.connect(f"tcp:127.0.0.1:{self.port}")
        peer.startService()
        try:
            await peer.when_linked(attempts=1)
        except LinkRefused:
            await peer.stopService()
            raise
        return peer

    async def asked(self, path: str, token: str = "") -> Any:
        """Return the status, or the result, of a call by JSON-RPC."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "multiply", "params": [6, 7]}).encode()
        status, answer = await self._requested(path, token, body)
        return json.loads(answer)["result"] if status == 200 else status

    async def status(self, path: str, token: str = "") -> int:
        """Return the status of a request."""
        return (await self._requested(path, token))[0]

    async def _requested(self, path: str, token: str, body: bytes | None = None) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        request = Request(f"http://127.0.0.1:{self.web}{path}", body, headers)
        try:
            with await deferToThread(urlopen, request) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            error.close()
            return error.code, b""


Run = Callable[[str], Any]


@pytest_twisted.async_yield_fixture
async def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Run]:
    """Starts a site by the text of its file; it is stopped after the test."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    started: list[Running] = []

    def begin(text: str) -> Any:
        started.append(Running(tmp_path, text))
        return started[-1].start()

    yield begin
    for each in started:
        await maybeDeferred(each.assembly.site.stopService)


HUB = '[hub]\nlisten = "HUB"\ntoken-file = "tokens"\ncredentials = "own"\n'
MATH = '[services.math]\nclass = "plant_renewed:Math"\n'
WEB = '[gateways.web]\nlisten = "WEB"\nmount = { "/rpc" = "jsonrpc" }\n'


@pytest_twisted.ensureDeferred
async def test_whom_a_hub_lets_in_changes_with_the_file_that_says_so(run: Run) -> None:
    running: Running = await run(HUB)
    with pytest.raises(LinkRefused, match="these credentials are not right"):
        await running.linked("press", PRESS)

    running.secret("others", f"press:{PRESS}", f"own:{OWN}")
    running.reload(HUB.replace('"tokens"', '"others"'))
    press = await running.linked("press", PRESS)

    await running.links_with("press")
    running.reload(HUB)
    await running.links_with()
    await press.stopService()


@pytest_twisted.ensureDeferred
async def test_what_may_be_called_changes_with_the_policy(run: Run) -> None:
    everything = "offer = '*'\njoin = '*'\nwatch = '*'\nsubscribe = '*'\n"
    running: Running = await run(f"{HUB}{MATH}[[policy]]\n{everything}call = '*'\n")
    running.secret("tokens", f"own:{OWN}", f"press:{PRESS}")
    running.reload(f"{HUB}{MATH}[[policy]]\n{everything}call = 'math.*'\n")
    press = await running.linked("press", PRESS)
    assert await press.call("math", "multiply", 6, 7) == 42

    running.reload(f"{HUB}{MATH}[[policy]]\n{everything}call = 'math.divide'\n")

    with pytest.raises(CallRefused):
        await press.call("math", "multiply", 6, 7)
    await press.stopService()


@pytest_twisted.ensureDeferred
async def test_no_file_cut_short_opens_a_hub_that_runs(run: Run) -> None:
    running: Running = await run(f"{HUB}[[policy]]\ncall = '*'\n")
    for cut in (HUB.replace('token-file = "tokens"\n', ""), HUB):
        running.write(cut)
        assert not running.reloading.reload()

    with pytest.raises(LinkRefused, match="these credentials are not right"):
        await running.linked("press", PRESS)
    own = await running.linked("own", OWN)
    with pytest.raises(CallRefused):
        await own.call("$exchange", "links")
    await own.stopService()


@pytest_twisted.ensureDeferred
async def test_a_gateway_shows_other_things_at_other_paths_to_other_people(run: Run) -> None:
    running: Running = await run(f"{HUB}{MATH}{WEB}")
    assert await running.asked("/rpc/math") == 42

    running.reload(f"{HUB}{MATH}{WEB.replace('/rpc', '/other')}tokens = 'web'\n")

    await running.answers("/other/math", 401)
    assert await running.asked("/other/math", OWN) == 42
    assert await running.asked("/rpc/math", OWN) == 404


@pytest_twisted.ensureDeferred
async def test_a_gateway_shows_another_group(run: Run) -> None:
    running: Running = await run(f"{HUB}{MATH}{WEB}")

    running.reload(f"{HUB}{MATH}{WEB}service-group = 'nobody'\n")
    await running.answers("/rpc/math", 404)
    running.reload(f"{HUB}{MATH}{WEB}service = 'math'\n")
    await running.answers("/rpc", 42)


@pytest_twisted.ensureDeferred
async def test_what_services_show_hubs_is_read_again(run: Run) -> None:
    running: Running = await run(f"{HUB}{MATH}{WEB}")
    running.secret("own", f"token:press:{PRESS}")
    running.secret("tokens", f"press:{PRESS}")
    running.reload(f"{HUB}{MATH}{WEB}")

    await running.links_with("press")
    await running.answers("/rpc/math", 42)


@pytest_twisted.ensureDeferred
async def test_a_hub_joins_others_and_parts_from_them(run: Run) -> None:
    other, port = Hub(reactor, "oslo", hubs=["*"]), free_port()
    other.listen(f"tcp:{port}:interface=127.0.0.1")
    other.startService()
    plain = '[hub]\nlisten = "HUB"\n'
    running: Running = await run(plain)
    await running.links_with()

    running.reload(f'{plain}join = "tcp:127.0.0.1:{port}"\nhubs = "*"\n')
    await running.links_with(None)
    running.reload(plain)
    await running.links_with()

    await other.stopService()


@pytest_twisted.ensureDeferred
async def test_a_hub_takes_as_many_links_as_the_file_says_now(run: Run) -> None:
    running: Running = await run(HUB)

    running.reload(f"{HUB}[limits]\nmax-links = 1\n")
    first = await running.linked("own", OWN)

    await running.links_with("own")
    with pytest.raises(LinkRefused, match="this hub takes 1 links at one time"):
        await running.linked("own", OWN)
    await first.stopService()


@pytest_twisted.ensureDeferred
async def test_certificates_may_come_from_other_files(run: Run, tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        make_files(tmp_path / name)
    old = f'[hub]\nlisten = "HUB"\ncertificate = "old/hub.pem"\nkey = "old/hub-key.pem"\n{MATH}'
    running: Running = await run(old)

    running.reload(old.replace("old/", "new/"))

    caller = Exchange(reactor, tls=Tls(None, None, tmp_path / "new" / "authority.pem"))
    caller.connect(f"tcp:127.0.0.1:{running.port}")
    caller.startService()
    assert await caller.call("math", "multiply", 6, 7, wait=5) == 42
    await caller.stopService()


@pytest_twisted.ensureDeferred
async def test_the_page_of_a_hub_asks_whom_the_hub_asks(run: Run) -> None:
    page = '[hub]\nlisten = "HUB"\nhttp = "WEB"\n'
    running: Running = await run(page)
    assert await running.status("/") == 200

    running.reload(f'{page}token-file = "tokens"\n')

    assert await running.status("/") == 401
    assert await running.status("/", OWN) == 200


@pytest_twisted.ensureDeferred
async def test_the_log_and_the_time_to_end_in_are_changed(run: Run) -> None:
    running: Running = await run(HUB)
    debug = {"log_level": LogLevel.debug, "log_namespace": "exchange.net.link", "log_time": 0.0}
    assert running.assembly.log.levels(debug) == PredicateResult.no

    running.reload(f'{HUB}drain-time = 4\n[logging]\nlevels = {{ "exchange.net" = "debug" }}\ncalls = true\n')

    assert running.assembly.log.levels(debug) != PredicateResult.no
    assert running.assembly.calls.is_wanted
    assert running.assembly.ending.seconds == 4


@pytest_twisted.ensureDeferred
async def test_of_two_changes_of_a_gateway_the_later_holds(run: Run) -> None:
    running: Running = await run(f"{HUB}{MATH}{WEB}")

    running.reload(f"{HUB}{MATH}{WEB.replace('/rpc', '/first')}")
    running.reload(f"{HUB}{MATH}{WEB.replace('/rpc', '/second')}")

    await running.answers("/second/math", 42)
    assert await running.asked("/first/math") == 404
    assert await running.asked("/rpc/math") == 404
