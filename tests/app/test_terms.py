"""On what terms a gateway of a table shows services: files and classes become a guard, and risks are logged."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import bcrypt
import pytest
from twisted.internet.task import Clock

from exchange.app.config import GatewayTable
from exchange.app.loading import search_in
from exchange.app.terms import reaches_beyond, terms_of
from exchange.errors import ConfigurationError
from exchange.gateways.terms import Settings
from tests.gateways.test_logins import basic, outcome
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
        ("systemd:domain=INET:index=0", False),
    ],
)
def test_what_reaches_beyond_this_machine_is_known_by_its_text(listen: str, is_beyond: bool) -> None:
    assert reaches_beyond(listen) == is_beyond
