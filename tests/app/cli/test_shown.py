"""Every command of ``exchange`` that the documents show by itself, run at a hub."""

from __future__ import annotations

import io
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.task import deferLater

from exchange import Exchange, Service, method
from tests.app.cli.conftest import Command, Place, started_peer
from tests.documents import ROOT, pages, shown_alone

ENDLESS = ("watch", "top", "serve", "publish", "reports", "services", "drain")
"""Verbs that may go on until Ctrl-C."""

LONG = 0.3
"""Seconds after which Ctrl-C is pressed."""

REFUSED = {
    "exchange kick h7Qkz2aV --reason too many calls": 3,
    "exchange drain paris --seconds 60": 3,
    "exchange explain join web-services --as press --credentials admin.secret": 5,
}
"""Where something would have to be there that has the name which is shown, or a hub that asks who one is."""

ELSEWHERE = ("shell",)
"""Verbs that want the reactor for themselves; ``system/test_commands_shell.py``."""

SHORTER = {"bench": ("--seconds", "0.1")}
"""What is said besides, so that it does not take so long."""

SHOWN = [pytest.param(commands, id=name) for page in pages() for name, commands in shown_alone(page)]


class Feed(Service):
    """Publishes prices."""

    name = "feed"

    def prepare(self) -> None:
        self.publish("nyse.ibm", 101.5, lifetime=60)


class History(Service):
    """Has what was measured."""

    name = "history"

    @method
    def readings(self, of: str, newest: bool = False) -> list[float]:
        """Return what was measured."""
        return [1.5]


@pytest_twisted.async_yield_fixture(scope="module")
async def others(place: Place) -> AsyncIterator[Exchange]:
    """The other services that the commands speak of."""
    peer = await started_peer(place.at, Feed(), History())
    yield peer
    await peer.stopService()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the commands name."""
    shutil.copy(ROOT / "examples/quickstart/arithmetic.py", tmp_path)
    shutil.copy(ROOT / "examples/quickstart/site.toml", tmp_path)
    (tmp_path / "admin.secret").write_text("token:admin:e5Hy3gT8rJ1mZ6pC0wKf\n")
    (tmp_path / "admin.secret").chmod(0o600)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("commands", SHOWN)
@pytest_twisted.ensureDeferred
async def test_commands_that_are_shown_do_what_they_are_shown_for(
    commands: list[list[str]],
    verb: Command,
    hub: Place,
    others: Exchange,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for words in commands:
        if words[1] in ELSEWHERE:
            continue
        monkeypatch.setattr("sys.stdin", io.StringIO("one\n"))
        running = verb(*words[1:], *SHORTER.get(words[1], ()))
        if words[1] in ENDLESS and not running.called:
            await deferLater(reactor, LONG)
            if not running.called:
                verb.interrupt()

        ended = await running

        assert ended.status in (REFUSED.get(" ".join(words), 0), 130), (words, ended)
        assert "Traceback" not in ended.err
