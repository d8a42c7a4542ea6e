"""On what terms a gateway of a table shows services: files and classes become a guard, and risks are logged."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bcrypt
import pytest
from twisted.internet.task import Clock, Cooperator

from exchange.app.ending import Ending
from exchange.app.faces import faces_of
from exchange.app.loading import search_in
from exchange.app.measures import Measuring
from exchange.app.tables import FACES, GatewayTable
from exchange.app.terms import bounds_of, reaches_beyond, terms_of
from exchange.errors import ConfigurationError
from exchange.gateways.selection import Selection
from exchange.gateways.site import GatewaySite
from exchange.gateways.terms import Settings
from exchange.testing import Network
from tests.gateways.conftest import offering
from tests.gateways.test_logins import Who, basic, outcome
from tests.gateways.web import Web, called, mounted, posted
from tests.logbook import Logbook

TOKEN = "LpB5Nk9Rj1sTQwYx0a_Zc3d"
STAFF = """
from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import IUsernamePassword
from zope.interface import implementer


@implementer(ICredentialsChecker)
class Staff:
    credentialInterfaces = (IUsernamePassword,)

    def requestAvatarId(self, credentials):
        return b"staff/" + credentials.username


class Other:
    pass
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file of each kind."""
    hashed = bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()
    (tmp_path / "passwords").write_text(f"ann:{hashed}\n")
    (tmp_path / "tokens").write_text(f"press:{TOKEN}\n")
    (tmp_path / "tokens").chmod(0o600)
    (tmp_path / "plant_logins.py").write_text(STAFF)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    monkeypatch.chdir(tmp_path)
    search_in([tmp_path])
    return tmp_path


def test_the_usual_terms_are_those_of_the_gateways(clock: Clock, logbook: Logbook) -> None:
    assert Settings(**terms_of(GatewayTable(), clock, "")) == Settings(origins=[])
    assert logbook.lines() == []


def test_keys_become_terms(clock: Clock) -> None:
    table = GatewayTable(max_body=7, origins=["https://a.example", "https://b.example"], errors="full")
    settings = Settings(**terms_of(table, clock, ""))

    assert (settings.max_body, settings.errors) == (7, "full")
    assert list(settings.origins) == ["https://a.example", "https://b.example"]
    assert terms_of(GatewayTable(origins="*"), clock, "")["origins"] == ["*"]


@pytest.mark.parametrize(
    ("keys", "said", "who"),
    [
        ({"tokens": "tokens"}, f"Bearer {TOKEN}", "press"),
        ({"tokens": "tokens"}, "", 401),
        ({"checker": "plant_logins:Staff"}, basic("bob", "x"), "staff/bob"),
        ({"checker": ["plant_logins:Staff"], "tokens": "tokens"}, f"Bearer {TOKEN}", "press"),
        ({"passwords": "passwords", "tokens": "tokens"}, f"Bearer {TOKEN}", "press"),
        ({"passwords": "passwords"}, f"Bearer {TOKEN}", 401),
    ],
)
def test_whoever_the_files_and_classes_know_may_call(
    folder: Path, clock: Clock, keys: dict[str, Any], said: str, who: str | int
) -> None:
    guard: Any = terms_of(GatewayTable(**keys), clock, "")["guard"]

    assert outcome(guard, said) == who


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ({"passwords": "nowhere"}, "passwords: nowhere: cannot be read: No such file or directory"),
        ({"passwords": "tokens"}, "passwords: tokens: line 1: the password is not hashed by bcrypt; make the line "),
        ({"tokens": "nowhere"}, "tokens: nowhere: cannot be read: No such file or directory"),
        ({"tokens": "plant_logins.py"}, "tokens: plant_logins.py: line 2: expected principal:token"),
        ({"checker": "plant_logins:Nobody"}, "checker: plant_logins:Nobody: module 'plant_logins' has no 'Nobody'"),
        ({"checker": "plant_logins:Other"}, "checker: plant_logins:Other: not a checker; make it a class with @impl"),
        ({"checker": "plant_logins"}, "checker: plant_logins: expected module and class"),
        ({"origins": ["plant.example"]}, "origins: 'plant.example' is no origin; one looks like https://"),
        ({"origins": ["*", "https://a.example"]}, "origins: '*' is every one, and stands alone"),
    ],
)
def test_what_cannot_be_used_is_told_by_its_key_or_option(
    folder: Path, clock: Clock, keys: dict[str, Any], text: str
) -> None:
    for label, begin in [("", "--"), ("site.toml: [gateways.web]", "site.toml: [gateways.web] ")]:
        with pytest.raises(ConfigurationError) as caught:
            terms_of(GatewayTable(**keys), clock, label)
        assert str(caught.value).startswith(begin + text)
        assert "\n" not in str(caught.value)
        assert TOKEN not in str(caught.value)


OPEN, BETWEEN = "whoever reaches", "whoever is between can read"


@pytest.mark.parametrize(
    ("listen", "tokens", "warning"),
    [
        ("tcp:8000:interface=127.0.0.1", None, ""),
        ("tcp:8000:interface=127.0.0.1", "tokens", ""),
        ("tcp:8000", None, OPEN),
        ("tcp:8000", "tokens", BETWEEN),
        ("tcp:8000:interface=0.0.0.0", "tokens", BETWEEN),
        ("ssl:8443:privateKey=k:certKey=c", "tokens", ""),
        ("unix:web.sock", "tokens", ""),
    ],
)
def test_a_risk_is_logged(
    folder: Path, clock: Clock, logbook: Logbook, listen: str, tokens: str | None, warning: str
) -> None:
    terms_of(GatewayTable(listen=listen, tokens=tokens), clock, "")

    assert [line[: len(warning)] for line in logbook.lines()] == ([warning] if warning else [])
    assert all(listen in line for line in logbook.lines())


@pytest.mark.parametrize(
    ("listen", "is_beyond"),
    [
        ("tcp:8000:interface=::", True),
        ("tcp:8000:interface=\\:\\:1", False),
        ("tcp6:8000:interface=\\:\\:", True),
        ("tcp:8000:interface=localhost", False),
        ("tcp:8000:interface=127.1.2.3", False),
        ("tcp:8000:interface=10.0.0.1:backlog=50", True),
        ("tcp:port=8000", True),
        ("systemd:domain=INET:index=0", True),
    ],
)
def test_what_reaches_beyond_this_machine_is_known_by_its_text(listen: str, is_beyond: bool) -> None:
    assert reaches_beyond(listen) == is_beyond


# Whatever is mounted


@pytest.fixture
def site(folder: Path, network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Web]]:
    """Make a site in which something is mounted that tokens are asked for."""
    # Files are sent piece by piece, when the reactor has time; here that is the clock's.
    cooperator = Cooperator(scheduler=lambda go_on: network.clock.callLater(0, go_on))
    monkeypatch.setattr("twisted.internet._producer_helpers.cooperate", cooperator.cooperate)
    network.hub()
    made: list[Web] = []
    (folder / "public").mkdir()
    (folder / "public/index.html").write_text("<p>hello")
    offering(network, Who())

    def make(mounted_at: str) -> Web:
        table = GatewayTable(mount={"/at": mounted_at}, tokens="tokens", origins=["https://plant.example"])
        peer = network.peer()
        measuring = Measuring(network.clock, Ending(network.clock, 0.0))
        measuring.readiness.begin()
        terms = terms_of(table, network.clock, "")
        faces = faces_of(table, peer, Selection(peer, "web-services"), terms, measuring)
        network.settle()
        made.append(Web(network, GatewaySite(mounted("/at", faces["/at"]), network.clock)))
        return made[-1]

    yield make
    for web in made:
        web.close()


ASK_NOBODY = ["healthz", "readyz"]
EVERYTHING = [*(face for face in FACES if face not in ASK_NOBODY), "files:public"]


def asking(mounted_at: str, *headers: str) -> bytes:
    """Return a request that whatever is mounted would answer."""
    bodies = {"xmlrpc": called("ask"), "jsonrpc": b'{"jsonrpc": "2.0", "method": "ask", "id": 1}'}
    if mounted_at in bodies:
        return posted(bodies[mounted_at], *headers, path="/at/who")
    path = {"soap": "/at/who?wsdl", "live": "/at/who?subject=*", "files:public": "/at/index.html"}.get(
        mounted_at, "/at"
    )
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: here", *headers, "", ""]).encode()


@pytest.mark.parametrize("mounted_at", EVERYTHING)
def test_whatever_is_mounted_asks_who_it_is(site: Callable[[str], Web], mounted_at: str) -> None:
    web = site(mounted_at)

    for headers in ([], ["Authorization: Bearer wrong"], ["Authorization: Basic YW5uOnNlY3JldA=="]):
        refused = web.ask(asking(mounted_at, *headers))
        assert refused.status == 401
        assert refused.headers["www-authenticate"].startswith('Bearer realm="exchange"')
    line = web.line()
    line.send(asking(mounted_at, f"Authorization: Bearer {TOKEN}"))
    assert line.unread.startswith(b"HTTP/1.1 200 OK\r\n")
    assert mounted_at not in ("xmlrpc", "jsonrpc") or b"press" in line.unread


@pytest.mark.parametrize("mounted_at", EVERYTHING)
def test_whatever_is_mounted_is_for_pages_of_listed_sites(site: Callable[[str], Web], mounted_at: str) -> None:
    web = site(mounted_at)
    raw = asking(mounted_at, f"Authorization: Bearer {TOKEN}", "Origin: https://evil.example")
    assert web.ask(raw).status == 403

    line = web.line()
    line.send(raw.replace(b"evil", b"plant"))
    assert line.unread.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nAccess-Control-Allow-Origin: https://plant.example\r\n" in line.unread
    first = ["OPTIONS /at/who HTTP/1.1", "Host: here", "Origin: https://plant.example"]
    first += ["Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization", "", ""]
    assert web.ask("\r\n".join(first).encode()).status == 204


@pytest.mark.parametrize("mounted_at", ASK_NOBODY)
def test_of_health_everybody_may_ask(site: Callable[[str], Web], mounted_at: str) -> None:
    answer = site(mounted_at).ask(asking(mounted_at))

    assert (answer.status, answer.body) == (200, b"ok\n")


def test_a_site_takes_the_most_that_one_of_its_gateways_takes() -> None:
    small = GatewayTable(
        max_body=1, max_connections=2, max_connections_per_address=9, request_timeout=3, idle_timeout=8
    )
    large = GatewayTable(
        max_body=7, max_connections=5, max_connections_per_address=4, request_timeout=6, idle_timeout=2
    )

    assert bounds_of([small, large]) == {
        "max_body": 7,
        "max_connections": 5,
        "max_connections_per_address": 9,
        "patience": 6,
        "idle": 8,
    }
