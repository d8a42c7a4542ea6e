"""The rules of the page about rates, in a real hub: who is too fast waits, and loses nothing."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor as the_reactor
from twisted.internet.defer import gatherResults

from exchange import Exchange
from exchange.app.config import read_site
from exchange.app.policy import rules_of
from exchange.routing.allotment import Quota
from exchange.routing.policy import Policy
from tests.system.conftest import StartProcess
from tests.system.processes import PATIENCE, free_port

pytestmark = pytest.mark.system

reactor: Any = the_reactor
PAGE = Path(__file__).parents[2] / "docs" / "howto" / "rates.md"
FOLDER = Path(__file__).parent
RATE = 40


def site_of_the_page(folder: Path, *changes: tuple[str, str]) -> str:
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / "site.toml"
    file.write_text(text)
    return str(file)


def test_the_rules_of_the_page_say_what_the_page_says(tmp_path: Path) -> None:
    policy = Policy(rules_of(read_site(site_of_the_page(tmp_path)).policy))
    assert policy.quota_of("batch-7") == Quota(20, 1_000_000, 100, 1_000)
    assert policy.quota_of("") == Quota(10_000, None, 100, 1_000)


@pytest_twisted.ensureDeferred
async def test_whoever_calls_faster_than_a_rule_lets_waits_and_every_call_is_answered(
    process: StartProcess, tmp_path: Path
) -> None:
    port = free_port()
    changes = ("11111", str(port)), ("calls-per-second = 10000", f"calls-per-second = {RATE}")
    process("twistd", "-n", "exchange", "--config", site_of_the_page(tmp_path, *changes), ready="serves")
    words = ("twistd", "-n", "exchange-services", "--hub", f"localhost:{port}", "blocking_services:Stubborn")
    process(*words, cwd=FOLDER, ready="serves")
    caller = Exchange(reactor)
    caller.connect(f"tcp:127.0.0.1:{port}")
    caller.startService()
    try:
        await caller.when_linked()
        began = time.monotonic()
        for _ in range(4):
            calls = [caller.call("stubborn", "answer", timeout=PATIENCE) for _ in range(RATE)]
            assert await gatherResults(calls) == [42] * RATE
        assert time.monotonic() - began > 1.5, "three seconds' worth must wait, but for what one read holds"
    finally:
        await caller.stopService()
