"""A bed for stories of several hosts: network namespaces on cables that can be cut without anybody being told.

Every host has one cable into one switch; the switch is a bridge in a namespace of its
own, so that nothing of it is seen by the machine, and deleting the namespaces deletes
everything. A cut cable drops packets where it meets the switch: no socket is closed, no
network goes down, and neither end can know.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import IPv4Address
from itertools import count
from pathlib import Path

from tests.system.processes import PATIENCE, Process, program

ROOT = Path(__file__).parents[3]
NETWORK = "10.77.0"
DROP = "1,6 0 0 2"
"""For `tc`: one instruction, which is to drop the packet. Not every kernel has the queue that loses (netem)."""

DROP_FROM = "4,32 0 0 26,21 0 1 {sender},6 0 0 2,6 0 0 0"
"""For `tc`: load the sender's address; if it is this one, drop the packet, otherwise let it pass."""

_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_NAME = re.compile(r"exchange-(\d+)-\S+")
_beds = count(1)


class Refused(Exception):
    """The system does not do what a bed needs; the text is what it said."""


def run(*words: str) -> str:
    """Run a command of iproute2, and return what it printed.

    Raises:
        Refused: It failed.
    """
    program = shutil.which(words[0], path=_PATH)
    if program is None:
        raise Refused(f"there is no program '{words[0]}'")
    done = subprocess.run([program, *words[1:]], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"'{' '.join(words)}' said: {' '.join(done.stderr.split())}")
    return done.stdout


class Host:
    """One machine: a network namespace, its cable, and the programs that run there.

    Attributes:
        name: What it is called in the story.
        address: Its address on the network of the bed.
    """

    def __init__(self, name: str, number: int, switch: str, folder: Path) -> None:
        self.name = name
        self.address = f"{NETWORK}.{number}"
        self._space = f"{switch}-{name}"
        self._switch = switch
        self._cable = f"to-{name}"  # a bare "a" is a word of `ip`
        self._folder = folder
        self._programs: list[Process] = []
        self._make()

    def start(
        self,
        *argv: str,
        ready: str = "",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        hears: bool = False,
    ) -> Process:
        """Start a program on this host; returns when a line of it contains ``ready``."""
        name, *words = argv
        command = ("ip", "netns", "exec", self._space, program(name), *words)
        environment = {"PYTHONPATH": str(ROOT), "PATH": _PATH, **(env or {})}
        started = Process(*command, cwd=cwd or self._folder, env=environment, hears=hears)
        self._programs.append(started)
        if ready:
            started.wait_for(ready)
        return started

    def cut(self, sends: bool = False, hears: bool = False) -> None:
        """From now on all packets are dropped, but for those in a direction that is left: what it sends, or hears."""
        for way, is_left in (("ingress", sends), ("egress", hears)):
            if not is_left:
                self._filter(way, DROP)

    def ignore(self, other: Host) -> None:
        """From now on what one other host sends here is dropped, and nothing else."""
        self._filter("egress", DROP_FROM.format(sender=int(IPv4Address(other.address))))

    def mend(self) -> None:
        """Drop nothing any more."""
        for way in ("ingress", "egress"):
            run("tc", "-n", self._switch, "filter", "del", "dev", self._cable, way)

    def has_lost(self, number: int) -> None:
        """Wait until so many packets have been dropped."""
        deadline = time.monotonic() + PATIENCE
        while self._dropped() < number:
            assert time.monotonic() < deadline, f"{number} packets should be lost by now, not {self._dropped()}"

    def vanish(self) -> None:
        """Be gone, all at once: nobody hears of it."""
        self.cut()
        self.end()

    def end(self) -> None:
        """Kill what runs here, and whatever that has started."""
        for process in run("ip", "netns", "pids", self._space).split():
            with suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGKILL)
        for started in reversed(self._programs):
            started.end()
        self._programs.clear()

    def _dropped(self) -> int:
        shown = run("tc", "-s", "-n", self._switch, "qdisc", "show", "dev", self._cable, "clsact")
        return sum(map(int, re.findall(r"dropped (\d+)", shown)))

    def _filter(self, way: str, code: str) -> None:
        run("tc", "-n", self._switch, "filter", "add", "dev", self._cable, way, "bpf", "da", "bytecode", code)

    def _make(self) -> None:
        inside, outside = ("-n", self._space), ("-n", self._switch)
        run("ip", "netns", "add", self._space)
        run("ip", *outside, "link", "add", self._cable, "type", "veth", "peer", "name", "cable", "netns", self._space)
        run("ip", *inside, "address", "add", f"{self.address}/24", "dev", "cable")
        for device in ("lo", "cable"):
            run("ip", *inside, "link", "set", device, "up")
        run("ip", *outside, "link", "set", self._cable, "master", "switch", "up")
        run("tc", *outside, "qdisc", "add", "dev", self._cable, "clsact")


class Bed:
    """All hosts of a story, and what joins them.

    Args:
        folder: Where their programs run.
    """

    def __init__(self, folder: Path) -> None:
        self._name = f"exchange-{os.getpid()}-{next(_beds)}"
        self._folder = folder
        self._hosts: list[Host] = []
        run("ip", "netns", "add", self._name)
        try:
            run("ip", "-n", self._name, "link", "add", "switch", "type", "bridge")
            run("ip", "-n", self._name, "link", "set", "switch", "up")
        except Refused:
            self.close()
            raise

    def host(self, name: str) -> Host:
        """Return a new host."""
        self._hosts.append(Host(name, len(self._hosts) + 1, self._name, self._folder))
        return self._hosts[-1]

    def close(self) -> None:
        """End all programs, and remove all hosts."""
        for host in self._hosts:
            host.end()
        for space in _spaces():
            if space == self._name or space.startswith(f"{self._name}-"):
                run("ip", "netns", "delete", space)


def obstacle() -> str:
    """Return why there can be no bed on this machine, and what is to be done about it; empty if there can."""
    if os.geteuid():
        return "hosts are made of network namespaces, which needs root; run the tests as root"
    if not (shutil.which("ip", path=_PATH) and shutil.which("tc", path=_PATH)):
        return "hosts are made by iproute2, which is not installed; on Debian: apt-get install iproute2"
    try:
        remove_forgotten()
        bed = Bed(Path("/"))
        try:
            bed.host("trial").cut()
        finally:
            bed.close()
    except Refused as refused:
        return (
            "hosts are made of network namespaces, veth pairs and a bridge, whose packets tc drops by a filter 'bpf'; "
            f"this system refuses that (a container needs CAP_SYS_ADMIN and CAP_NET_ADMIN): {refused}"
        )
    return ""


def remove_forgotten() -> None:
    """Remove the hosts of test runs that were killed."""
    for space in _spaces():
        match = _NAME.fullmatch(space)
        if match and not Path("/proc", match[1]).exists():
            run("ip", "netns", "delete", space)


def _spaces() -> list[str]:
    return [line.split()[0] for line in run("ip", "netns", "list").splitlines() if line.strip()]
