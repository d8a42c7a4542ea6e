"""The site of the soak: three hubs, who offers, publishes, calls and hears, and what befalls them."""

from __future__ import annotations

import json
import os
import random
import secrets
import signal
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exchange.app.certificates import Files, make_authority, make_hub, write_pair
from tests.system.processes import Process, free_port

HUBS = ("hub-rome", "hub-oslo", "hub-bern")
PARTS = ("tally-1", "tally-2", "tally-3", "board-1", "board-2", "caller-1", "caller-2", "caller-3")
SPARED = ("hub-rome", "caller-1")
"""What nothing befalls, so that it can be seen whether it stays as it is."""

READERS = tuple(f"reader-{number}" for number in range(len(HUBS)))
FROZEN = 4.5
"""Seconds that a frozen process stands still: it is taken for dead."""

AWAY = 1.0
AT_ONCE = 3
FATES = ("killed", "killed", "ended", "frozen")


class Part:
    """One process, and the next in its place."""

    def __init__(self, site: Site, name: str, ports: list[int]) -> None:
        self._site = site
        self.name = name
        self._argv = [name.split("-")[0], name, str(site.folder), *map(str, ports)]
        self.start()

    def start(self) -> None:
        """Start it, or another in its place."""
        self.process = Process("python", "-m", "tests.soak.parts", *self._argv, cwd=self._site.root, hears=True)
        self.process.wait_for('"ready"')

    def ordered(self, order: str) -> Any:
        """Return what it says to an order."""
        count = self.process.count
        self.process.say(order)
        return json.loads(self.process.wait_for("", after=count))

    def suffer(self, fate: str) -> None:
        """Have something befall it, and be there again afterwards."""
        if fate == "frozen":
            self.process.signal(signal.SIGSTOP)
            self._site.pass_time(FROZEN)
            self.process.signal(signal.SIGCONT)
            return
        self._site.ended_early.add(self.process.pid)
        self.process.signal(signal.SIGKILL if fate == "killed" else signal.SIGTERM)
        self.process.wait()
        self.process.end()
        self._site.pass_time(AWAY)
        self.start()

    def size(self) -> tuple[int, float]:
        """Return how many files it has open, and its memory in mebibytes."""
        place = Path(f"/proc/{self.process.pid}")
        lines = (place / "status").read_text().splitlines()
        memory = int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
        return len(os.listdir(place / "fd")), memory


class Site:
    """All of them.

    Attributes:
        ended_early: Process ids of those that were killed or ended while they worked.
    """

    def __init__(self, folder: Path, root: Path, seed: int) -> None:
        self.folder, self.root = folder, root
        self.random = random.Random(seed)
        self.ended_early: set[int] = set()
        self._suffering: dict[str, threading.Thread] = {}
        self.befell: list[tuple[str, str]] = []
        _make_secrets(folder)
        ports = [free_port() for _ in HUBS]
        turned = [ports[at:] + ports[:at] for at in range(len(HUBS))]
        self.parts: dict[str, Part] = {}
        for at, name in enumerate(HUBS + PARTS):
            self.parts[name] = Part(self, name, turned[at % len(HUBS)])
        self._turned = turned

    def befall(self) -> None:
        """Have something befall one of them, beside what befalls others."""
        self._suffering = {name: each for name, each in self._suffering.items() if each.is_alive()}
        name = self.random.choice([name for name in self.parts if name not in SPARED])
        fate = self.random.choice(FATES)
        if name not in self._suffering and len(self._suffering) < AT_ONCE:
            self.befell.append((name, fate))
            self._suffering[name] = threading.Thread(target=self.parts[name].suffer, args=(fate,))
            self._suffering[name].start()

    def recover(self) -> None:
        """Wait until all are there again."""
        for each in self._suffering.values():
            each.join()

    def read_fresh(self) -> list[Any]:
        """Return what somebody hears at each hub who comes only now."""
        readers = [Part(self, name, self._turned[at][:1]) for at, name in enumerate(READERS)]
        self.pass_time(2)
        heard = [reader.ordered("look") for reader in readers]
        for reader in readers:
            reader.process.end()
        return heard

    def close(self) -> None:
        """End them all."""
        for part in self.parts.values():
            part.process.end()

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)


def _make_secrets(folder: Path) -> None:
    now = datetime.now(UTC)
    authority = make_authority("soak", 2, now)
    write_pair(authority, Files(folder / "authority.pem", folder / "authority-key.pem"), may_replace=False)
    hub = make_hub("hub", ["localhost", "127.0.0.1"], authority, 2, now)
    write_pair(hub, Files(folder / "hub.pem", folder / "hub-key.pem"), may_replace=False)
    tokens = folder / "tokens"
    tokens.touch(0o600)
    names = HUBS + PARTS + READERS
    tokens.write_text("".join(f"{name}:{secrets.token_urlsafe(32)}\n" for name in names))
