"""Which driver carries the bytes of links, and who may choose it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvloop
from twisted.internet import asyncioreactor
from twisted.internet.asyncioreactor import AsyncioSelectorReactor

from exchange.app import driver
from exchange.app.driver import MISSING, REACTOR, choose_driver
from exchange.errors import ConfigurationError
from tests.logbook import Logbook


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The event loops for which a reactor was installed; there is none before."""
    loops: list[Any] = []
    monkeypatch.delitem(sys.modules, REACTOR, raising=False)
    monkeypatch.setattr(asyncioreactor, "install", loops.append)
    return loops


def a_file(folder: Path, text: str) -> str:
    file = folder / "site.toml"
    file.write_text(text)
    return str(file)


def test_twisted_carries_them_unless_something_else_is_asked_for(installed: list[Any], tmp_path: Path) -> None:
    choose_driver("", None)
    for text in ("", "[hub]\n", "[hub]\nfast = false\n", "hub = 7\n", "[hub"):
        choose_driver("", a_file(tmp_path, text))
    assert installed == []


def test_uvloop_does_if_an_option_or_the_file_asks_for_it(installed: list[Any], tmp_path: Path) -> None:
    choose_driver("--fast", None)
    choose_driver("", a_file(tmp_path, "[hub]\nfast = true\n"))
    assert [isinstance(loop, uvloop.Loop) for loop in installed] == [True, True]
    for loop in installed:
        loop.close()


def test_a_process_that_runs_on_uvloop_already_is_left_as_it_is(
    installed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = uvloop.new_event_loop()
    monkeypatch.setitem(sys.modules, REACTOR, AsyncioSelectorReactor(loop))
    choose_driver("--fast", None)
    assert installed == []
    loop.close()


def test_another_reactor_is_not_replaced(installed: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, REACTOR, SimpleNamespace())
    with pytest.raises(ConfigurationError, match="EXCHANGE_FAST: this process runs on .* already; leave out --reactor"):
        choose_driver("EXCHANGE_FAST", None)


def test_without_uvloop_an_option_is_refused_and_a_file_warned_of(
    installed: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, logbook: Logbook
) -> None:
    monkeypatch.setattr(driver, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match="--fast: uvloop is not installed: pip install 'exchange"):
        choose_driver("--fast", None)
    choose_driver("", a_file(tmp_path, "[hub]\nfast = true\n"))

    assert installed == []
    assert len(logbook.lines(f"[hub] fast: {MISSING}; links are carried by Twisted alone")) == 1
