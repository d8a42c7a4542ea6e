"""A ``nats-server`` for the bench, if there is one on this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from tests.bench.tally import memory_of

PLACES = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
"""Debian puts it where only root looks."""

SETTINGS = "max_payload: 8MB"
"""It takes 1 MiB otherwise, its envelope included."""

PATIENCE = 10.0
"""Seconds in which it listens."""


class NatsServer:
    """A server of its own, on a port that the kernel gave; it is measured by what the kernel says of it."""

    role = "server"

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        with NamedTemporaryFile("w", suffix=".conf") as settings:
            settings.write(SETTINGS)
            settings.flush()
            argv = [str(_found()), "--config", settings.name, "--addr", "127.0.0.1", "--port", str(self.port)]
            self._process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self._wait()

    def say(self, **words: Any) -> None:
        """Be asked for something."""

    def hear(self) -> dict[str, Any]:
        """Return the processor time so far, and the memory."""
        threads = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        nanoseconds = sum(int(each.read_text().split()[0]) for each in threads)
        return {"used": nanoseconds / 1e9, "now": time.perf_counter(), "memory": memory_of(self._process.pid)}

    def place(self, processors: Collection[int]) -> None:
        """Let it run on these processors only; each of its threads is placed."""
        for thread in os.listdir(f"/proc/{self._process.pid}/task"):
            os.sched_setaffinity(int(thread), processors)

    def end(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise SystemExit("bench: nats-server does not listen") from None
                time.sleep(0.05)


def missing() -> str:
    """Return what is not installed of what a comparison with NATS takes; empty if all is."""
    absent = [] if _found() else ["nats-server (of Debian: apt-get install nats-server)"]
    absent += [] if find_spec("nats") else ["nats-py (of PyPI: pip install 'exchange[bench]')"]
    return " and ".join(absent)


def _found() -> str | None:
    return shutil.which("nats-server", path=PLACES)
