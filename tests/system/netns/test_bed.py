"""The bed itself: hosts hear one another until a cable is cut, and leave nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.system.netns.bed import ROOT, Bed, remove_forgotten, run
from tests.system.processes import PATIENCE

pytestmark = pytest.mark.system

LISTENS = """
import socket
listening = socket.create_server(("", 5000))
print("listens", flush=True)
while True:
    connection, _ = listening.accept()
    print("accepted", flush=True)
    while said := connection.recv(100):
        print("heard", said.decode(), flush=True)
        connection.sendall(said)
"""
SPEAKS = """
import socket, sys
connection = socket.create_connection((sys.argv[1], 5000))
print("connected", flush=True)
for line in sys.stdin:
    connection.sendall(line.strip().encode())
    print("echo", connection.recv(100).decode(), flush=True)
"""


LEAVES = """
import os
from pathlib import Path
from tests.system.netns.bed import Bed, run
Bed(Path()).host("forgotten")
print(*[name for name in run("ip", "netns", "list").split() if f"-{os.getpid()}-" in name], flush=True)
os._exit(0)
"""


def wait_until(condition: Callable[[], bool]) -> None:
    """Ask again and again until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline


def spaces() -> list[str]:
    return [line for line in run("ip", "netns", "list").splitlines() if line.startswith(f"exchange-{os.getpid()}-")]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(("sends", "hears"), [(True, False), (False, True), (False, False)])
def test_a_cut_cable_loses_what_it_should_and_nothing_else(bed: Bed, sends: bool, hears: bool) -> None:
    near, far = bed.host("near"), bed.host("far")
    listener = far.start("python", "-c", LISTENS, ready="listens")
    speaker = near.start("python", "-c", SPEAKS, far.address, ready="connected", hears=True)
    speaker.say("one")
    speaker.wait_for("echo one")

    near.cut(sends=sends, hears=hears)
    speaker.say("two")
    if sends:
        listener.wait_for("heard two")
    near.has_lost(3)  # what is not acknowledged is sent again, and lost again
    assert ("heard two" in listener.output) is sends
    assert "echo two" not in speaker.output

    near.mend()
    speaker.wait_for("echo two")
    listener.wait_for("heard two")
    assert listener.output.count("heard two") == 1


def test_a_host_that_ignores_another_hears_everybody_else(bed: Bed) -> None:
    near, far, third = (bed.host(name) for name in ("near", "far", "third"))
    far.start("python", "-c", LISTENS, ready="listens")
    speaker = near.start("python", "-c", SPEAKS, far.address, ready="connected", hears=True)
    near.ignore(far)
    speaker.say("one")
    near.has_lost(2)
    assert "echo" not in speaker.output

    third.start("python", "-c", LISTENS, ready="listens")
    other = near.start("python", "-c", SPEAKS, third.address, ready="connected", hears=True)
    other.say("two")
    other.wait_for("echo two")
    near.mend()
    speaker.wait_for("echo one")


def test_a_host_has_an_address_of_its_own_and_no_other_network(bed: Bed) -> None:
    first, second = bed.host("first"), bed.host("second")
    assert first.address != second.address
    shown = first.start("ip", "-brief", "link")
    shown.wait()
    assert sorted(line.split()[0].partition("@")[0] for line in shown.output.splitlines()) == ["cable", "lo"]


def test_nothing_is_left_of_a_bed_and_of_what_ran_there(can_make_hosts: None, tmp_path: Path) -> None:
    before = spaces()
    bed = Bed(tmp_path)
    host = bed.host("some")
    left_alone = host.start("sh", "-c", "setsid sleep 600 & echo $!; wait")
    pid = int(left_alone.wait_for(""))
    assert len(spaces()) == len(before) + 2

    bed.close()
    assert spaces() == before
    wait_until(lambda: not is_running(pid))


def test_what_a_killed_run_has_left_is_removed_by_the_next(can_make_hosts: None) -> None:
    killed = subprocess.run([sys.executable, "-c", LEAVES], cwd=ROOT, capture_output=True, text=True, check=True)
    assert killed.stdout.split()[-1] in run("ip", "netns", "list").split()

    remove_forgotten()
    assert killed.stdout.split()[-1] not in run("ip", "netns", "list").split()


@pytest.mark.parametrize("missing", ["sys_admin", "net_admin"])
def test_who_may_make_no_hosts_is_told_what_is_in_the_way(can_make_hosts: None, missing: str) -> None:
    asking = "import os; from tests.system.netns.bed import obstacle; print(os.getpid(), obstacle())"
    command = ["setpriv", f"--bounding-set=-{missing}", sys.executable, "-c", asking]
    asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    pid, _, told = asked.stdout.partition(" ")
    assert "this system refuses that (a container needs CAP_SYS_ADMIN and CAP_NET_ADMIN): 'ip " in told
    assert f"exchange-{pid}-" not in run("ip", "netns", "list")
