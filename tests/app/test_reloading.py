"""A configuration that is read again: what is told of it, and when it is not taken up."""

from __future__ import annotations

import os
import pty
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.testing import MemoryReactorClock

from exchange.app import hub
from exchange.app.notifying import Notifying
from exchange.app.plan import Plan
from exchange.app.reloading import Reloading
from exchange.app.renewing import Renewing, Step
from exchange.errors import ConfigurationError
from tests.logbook import Logbook


class StandingReactor(MemoryReactorClock):
    """A reactor that also hears of signals."""

    def callFromThread(self, do: Callable[[], object]) -> None:
        self.callLater(0, do)


class Told(Notifying):
    """Keeps what systemd would be told."""

    def __init__(self) -> None:
        super().__init__(MemoryReactorClock(), {})
        self.told: list[str] = []

    def _tell(self, *assignments: str) -> None:
        self.told.append(assignments[-1] if assignments[0] == "READY=1" else assignments[0])


class Story:
    """A file, and a process that was started by it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "site.toml"
        self.write("[hub]\nname = 'rome'\n")
        self.options = hub.Options()
        self.options.parseOptions(["--config", str(self.file), "--drain-time", "7"])
        check = self.options.plan.check
        assert check is not None
        self.systemd, self.counts, self.taken_up = Told(), {"ok": 0, "failed": 0}, list[Plan]()
        renewing = Renewing()
        renewing.add(self.prepare)
        assert self.options.anew is not None
        self.reactor = StandingReactor()
        self.reloading = Reloading(self.reactor, check.site, self.options.anew, renewing, self.systemd, self.counts)

    def write(self, text: str) -> None:
        self.file.write_text(text)

    def prepare(self, plan: Plan) -> Step:
        if plan.hub is not None and plan.hub.name == "nobody":
            raise ConfigurationError("[hub] name: nobody can be called so")
        if plan.hub is not None and plan.hub.name == "mischief":
            raise KeyError("mischief")
        return lambda: self.take_up(plan)

    def take_up(self, plan: Plan) -> None:
        if plan.hub is not None and plan.hub.name == "late mischief":
            raise KeyError("late mischief")
        self.taken_up.append(plan)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def lines_of(story: Story, logbook: Logbook) -> list[str]:
    return [line.replace(str(story.file), "site.toml") for line in logbook.lines()]


def test_what_has_changed_is_taken_up_and_told_by_table_and_key(story: Story, logbook: Logbook) -> None:
    story.write("[hub]\nname = 'rome'\ninsecure = true\n[[policy]]\ncall = '*'\n")

    assert story.reloading.reload()

    assert lines_of(story, logbook) == [
        "the configuration site.toml was read again: changed [hub] insecure, [[policy]]"
    ]
    assert story.counts == {"ok": 1, "failed": 0}
    assert [plan.policy[0].call for plan in story.taken_up] == ["*"]
    assert story.systemd.told == ["RELOADING=1", "STATUS=; reloaded"]


def test_where_nothing_has_changed_that_is_told_too(story: Story, logbook: Logbook) -> None:
    assert story.reloading.reload()

    assert lines_of(story, logbook) == [
        "the configuration site.toml was read again: nothing has changed that could be taken up"
    ]


def test_what_needs_a_restart_is_told_until_there_was_one_or_it_is_as_it_was(story: Story, logbook: Logbook) -> None:
    story.write("[hub]\nname = 'oslo'\nlisten = 'tcp:1:interface=127.0.0.1'\ninsecure = true\n")
    assert story.reloading.reload()
    needs = "these changes need a restart: [hub] name, [hub] listen"
    assert lines_of(story, logbook) == ["the configuration site.toml was read again: changed [hub] insecure", needs]
    assert story.systemd.told[-1] == "STATUS=; reloaded, and needs a restart"

    logbook.forget()
    assert story.reloading.reload()
    assert lines_of(story, logbook)[1:] == [needs]

    logbook.forget()
    story.write("[hub]\nname = 'rome'\n")
    assert story.reloading.reload()
    assert lines_of(story, logbook) == ["the configuration site.toml was read again: changed [hub] insecure"]


def test_an_option_goes_on_to_win_over_the_file(story: Story) -> None:
    story.write("[hub]\nname = 'rome'\ndrain-time = 100\n")

    assert story.reloading.reload()

    assert story.taken_up[0].links.drain_time == 7


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[hub]\nheartbeet = 1\nname = 5\n", ["site.toml: [hub] heartbeet: ", "site.toml: [hub] name: "]),
        ("[hub\n", ["site.toml: not TOML: "]),
        ("[hub]\nname = 'nobody'\n", ["[hub] name: nobody can be called so"]),
        (
            "[hub]\n[services.new]\nclass = 'm:C'\ncredentials = 'none'\nkey = 'none'\ncertificate = 'none'",
            [f"site.toml: [services.new] {key}: " for key in ("certificate", "key", "credentials")],
        ),
    ],
)
def test_a_file_in_which_anything_is_wrong_is_refused_whole(
    story: Story, logbook: Logbook, text: str, told: list[str]
) -> None:
    story.write(text)

    assert not story.reloading.reload()

    *lines, last = lines_of(story, logbook)
    assert len(lines) == len(told)
    assert all(line.startswith(each) for line, each in zip(lines, told, strict=True)), lines
    assert last == "the configuration site.toml was not taken up; what it said before goes on"
    assert story.counts == {"ok": 0, "failed": 1}
    assert story.taken_up == []
    assert story.systemd.told == ["RELOADING=1", "STATUS=; a reload was refused"]


def test_a_file_that_is_gone_is_refused_and_a_good_one_taken_after_it(story: Story, logbook: Logbook) -> None:
    story.file.unlink()
    assert not story.reloading.reload()
    assert "cannot be read: No such file or directory" in logbook.lines()[0]
    story.write("[hub]\n")

    assert story.reloading.reload()
    assert story.counts == {"ok": 1, "failed": 1}


@pytest.mark.parametrize("name", ["mischief", "late mischief"])
def test_what_nobody_expected_is_logged_and_counted(story: Story, logbook: Logbook, name: str) -> None:
    story.write(f"[hub]\nname = '{name}'\n")

    assert not story.reloading.reload()

    assert logbook.failures() == [f"KeyError: '{name}'"]
    assert story.counts == {"ok": 0, "failed": 1}


# The signal


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[int, Any]]:
    """The handlers as they were, and the signals that were sent."""
    before = signal.getsignal(signal.SIGHUP)
    sent: dict[int, Any] = {}
    monkeypatch.setattr(os, "kill", lambda pid, number: sent.setdefault(number, pid))
    yield sent
    signal.signal(signal.SIGHUP, before)


def test_the_signal_has_the_configuration_read_again(story: Story, signals: dict[int, Any]) -> None:
    story.reloading.heed_signal()

    signal.raise_signal(signal.SIGHUP)
    story.reactor.advance(0)

    assert story.counts == {"ok": 1, "failed": 0}
    assert signals == {}


def test_when_the_terminal_is_gone_the_signal_ends_the_process(
    story: Story, signals: dict[int, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = pty.openpty()
    monkeypatch.setattr("exchange.app.reloading.STANDARD", (theirs,))
    story.reloading.heed_signal()
    story.reloading.received(signal.SIGHUP)
    story.reactor.advance(0)
    assert story.counts["ok"] == 1

    os.close(ours)
    story.reloading.received(signal.SIGHUP)
    story.reactor.advance(0)

    os.close(theirs)
    assert signals == {signal.SIGTERM: os.getpid()}
    assert story.counts["ok"] == 1


def test_without_a_file_nothing_can_be_read_again() -> None:
    options = hub.Options()
    options.parseOptions([])

    assert options.anew is None
