"""Three hosts under load while a cable is cut and mended: what becomes of each call is known, and none runs twice.

Each call has a number, which the service notes before it answers; so it can be counted
afterwards how often each has run, and compared with what its caller was told.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.system.neighbours import NOTICED, QUICK, SERVES, HubProcess, Member
from tests.system.netns.bed import Bed, Host
from tests.system.processes import Process

pytestmark = pytest.mark.system

PROGRAMS = Path(__file__).parents[1]
PORT = 11111
NAMES = "abc"
PAUSE = "0.05"
"""Seconds between an answer and the next call in its place: all of this runs on one machine, which must not be late."""


class Site:
    """One host: its hub, a service and a caller that know this hub alone, and a member that watches."""

    def __init__(self, number: int, host: Host, endpoints: list[str], books: Path) -> None:
        self.host = host
        self.hub = HubProcess(host.start, PORT, *endpoints, address=host.address)
        self.member = Member(host.start, host.name, self.hub.endpoint)
        services = ("twistd", "-n", "exchange-services", *QUICK, "--hub", self.hub.endpoint, "tally_services:Tally")
        host.start(*services, ready=SERVES, cwd=PROGRAMS, env={"TALLY": str(books)})
        caller = ("python", str(PROGRAMS / "tally_caller.py"), str(number), PAUSE, self.hub.endpoint)
        self.caller: Process = host.start(*caller, ready="calling", hears=True)


class Mesh:
    """Three such hosts."""

    def __init__(self, bed: Bed, books: Path) -> None:
        self._books = books
        hosts = [bed.host(name) for name in NAMES]
        endpoints = [f"tcp:{host.address}:{PORT}" for host in hosts]
        self.sites = [Site(number, host, endpoints, books) for number, host in enumerate(hosts)]
        self.is_whole()

    def is_whole(self) -> None:
        """Wait until all is known everywhere, over one link between each two hubs."""
        for site in self.sites:
            site.member.knows(*NAMES, *["tally"] * len(NAMES))
            site.hub.has_links(5)
            site.member.look()

    def outcomes(self) -> list[dict[str, Any]]:
        """Let the callers finish, and return what they say."""
        for site in self.sites:
            site.caller.say("enough")
        return [json.loads(site.caller.wait_for('{"done":')) for site in self.sites]

    def ran(self) -> Counter[int]:
        """Return how often each call has run, over all services."""
        return Counter(int(line) for book in self._books.glob("*.ran") for line in book.read_text().splitlines())


@pytest.fixture
def mesh(bed: Bed, tmp_path: Path) -> Mesh:
    return Mesh(bed, tmp_path)


Cut = Callable[[Mesh], None]


def cut_off(mesh: Mesh) -> None:
    mesh.sites[2].host.cut()


def hears_nothing(mesh: Mesh) -> None:
    mesh.sites[2].host.cut(sends=True)


def is_not_heard(mesh: Mesh) -> None:
    mesh.sites[2].host.cut(hears=True)


def loses_one(mesh: Mesh) -> None:
    mesh.sites[2].host.ignore(mesh.sites[0].host)


@pytest.mark.parametrize("cut", [cut_off, hears_nothing, is_not_heard, loses_one])
def test_every_call_ends_as_it_was_and_none_runs_twice_whatever_is_lost(mesh: Mesh, cut: Cut) -> None:
    cut(mesh)
    mesh.sites[0].member.expect("went c lost", timeout=NOTICED)
    mesh.sites[2].member.expect("went a lost", timeout=NOTICED)
    mesh.sites[2].host.mend()
    mesh.is_whole()

    outcomes, ran = mesh.outcomes(), mesh.ran()
    assert set(ran.values()) == {1}, "none runs twice"
    failed = [call for outcome in outcomes for call in outcome["failed"]]
    assert {delivered for _, _, delivered in failed} <= {None, False}
    assert [call for call in failed if call[2] is None] != [], "some were under way"
    assert [call for call in failed if call[2] is False and call[0] in ran] == []
    failed_after_all = [call for call in failed if call[0] in ran]
    assert sum(outcome["done"] for outcome in outcomes) == len(ran) - len(failed_after_all)
    assert all(outcome["done"] for outcome in outcomes)
