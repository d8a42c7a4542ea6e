"""A process whose code blocks is late, and not dead: others are told that it is suspected, and it goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor as the_reactor
from twisted.internet.defer import Deferred, DeferredQueue

from exchange import Exchange, PresenceChange
from tests.system.conftest import StartProcess
from tests.system.processes import PATIENCE, free_port

pytestmark = pytest.mark.system

reactor: Any = the_reactor
LINKS = ("--heartbeat", "0.5", "--dead-after", "12")
FOLDER = Path(__file__).parent


@pytest_twisted.ensureDeferred
async def test_a_process_that_blocks_is_suspected_and_its_log_says_what_blocks(
    process: StartProcess, tmp_path: Path
) -> None:
    port, go_on = free_port(), tmp_path / "go-on"
    hub = process("twistd", "-n", "exchange", "--port", str(port), *LINKS, ready="serves")
    service = process(
        *("twistd", "-n", "exchange-services", "--hub", f"localhost:{port}", *LINKS),
        *("--blocked-after", "0.5", "blocking_services:Stubborn"),
        cwd=FOLDER,
        ready="serves",
    )
    changes: DeferredQueue[PresenceChange] = DeferredQueue()

    def next_change() -> Deferred[PresenceChange]:
        return changes.get().addTimeout(PATIENCE, reactor)

    caller = Exchange(reactor)
    caller.connect(f"tcp:127.0.0.1:{port}")
    caller.startService()
    try:
        caller.watch(name="stubborn", changed=changes.put)
        assert (await next_change()).kind == "came"
        blocked = caller.call("stubborn", "block", str(go_on), timeout=None)

        suspicion = await next_change()
        assert (suspicion.kind, suspicion.instance.suspected) == ("changed", True)
        line = service.wait_for("the reactor has been blocked for")
        assert "by block in" in line
        assert "blocking_services.py" in line
        go_on.touch()
        assert await blocked == "went on"
        end = await next_change()
        assert (end.kind, end.instance.suspected) == ("changed", False)
        assert await caller.call("stubborn", "answer", timeout=PATIENCE) == 42
        service.wait_for("the reactor goes on; it was blocked for")
    finally:
        await caller.stopService()
    assert "silent" not in hub.output
