from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.address import IPv4Address
from twisted.internet.task import Cooperator
from twisted.web.resource import Resource
from twisted.web.server import Request

from exchange import ConfigurationError, netsvc
from exchange.gateways.files import Files
from exchange.netsvc.process import Process
from tests.logbook import Logbook
from tests.netsvc.site import Site
from tests.netsvc.web import ask


class Rest(Resource):
    """Answers with what is left of the path."""

    isLeaf = True

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def render_GET(self, request: Request) -> bytes:
        """Answer."""
        return f"{self._name}: {b'/'.join(request.postpath or []).decode()}".encode()


@pytest.fixture
def daemon(here: Process) -> netsvc.HttpDaemon:
    """A daemon that listens."""
    daemon = netsvc.HttpDaemon(8000, "127.0.0.1")
    daemon.start()
    return daemon


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/a", "one: "),
        ("/a/", "one: "),
        ("/a/x/y", "one: x/y"),
        ("/a/b", "two: "),
        ("/a/b/c%20d", "two: c d"),
        ("/a/bc", "one: bc"),
        ("/tree/leaf", "leaf: "),
    ],
)
def test_the_longest_path_in_whole_segments_answers(
    site: Site, here: Process, daemon: netsvc.HttpDaemon, path: str, answer: str
) -> None:
    tree = Resource()
    tree.putChild(b"leaf", Rest("leaf"))
    daemon.attach("/a", Rest("one"))
    daemon.attach("/a/b/", Rest("two"))
    daemon.attach("tree", tree)
    assert ask(site, here.reactor, path) == (200, answer.encode())


@pytest.mark.parametrize("path", ["/", "/b", "/ab", "/a/../c"])
def test_what_is_attached_nowhere_is_not_found(site: Site, here: Process, daemon: netsvc.HttpDaemon, path: str) -> None:
    daemon.attach("/a/b", Rest("two"))
    assert ask(site, here.reactor, path).status == 404


def test_what_is_attached_to_the_root_answers_all_else(site: Site, here: Process, daemon: netsvc.HttpDaemon) -> None:
    daemon.attach("/", Rest("all"))
    daemon.attach("/a", Rest("a"))
    assert ask(site, here.reactor, "/b/c").body == b"all: b/c"
    assert ask(site, here.reactor, "/").body == b"all: "
    assert ask(site, here.reactor, "/a/c").body == b"a: c"


def test_a_folder_of_files_can_be_attached_beside_gateways(
    site: Site, here: Process, daemon: netsvc.HttpDaemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cooperator = Cooperator(scheduler=lambda go_on: here.reactor.callLater(0, go_on))
    monkeypatch.setattr("twisted.internet._producer_helpers.cooperate", cooperator.cooperate)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "index.html").write_text("<h1>second</h1>")
    daemon.attach("/", Files(tmp_path))
    daemon.attach("/a", Rest("a"))

    assert ask(site, here.reactor, "/sub/") == (200, b"<h1>second</h1>")
    assert ask(site, here.reactor, "/sub").status == 302
    assert ask(site, here.reactor, "/../a").status == 404
    assert ask(site, here.reactor, "/a/b").body == b"a: b"


def test_what_is_attached_can_be_taken_away(site: Site, here: Process, daemon: netsvc.HttpDaemon) -> None:
    daemon.attach("/a", Rest("one"))
    daemon.attach("/a", None)
    daemon.attach("/never", None)
    assert ask(site, here.reactor, "/a").status == 404


def test_what_cannot_answer_cannot_be_attached(daemon: netsvc.HttpDaemon) -> None:
    wrong: Any = "a text"
    with pytest.raises(TypeError, match="'a text' cannot be attached"):
        daemon.attach("/a", wrong)


def test_it_listens_from_start_to_stop(here: Process) -> None:
    daemon = netsvc.HttpDaemon(8000)
    assert here.reactor.tcpServers == []
    daemon.start()
    daemon.start()
    assert [(port, interface) for port, _, _, interface in here.reactor.tcpServers] == [(8000, "")]
    assert daemon.port() == 8000

    assert list(here.daemons) == [daemon]
    daemon.stop()
    daemon.stop()
    assert here.daemons == {}


def test_a_port_in_use_is_an_error(site: Site, here: Process) -> None:
    site.taken.add(8000)
    with pytest.raises(ConfigurationError, match="port 8000 of all interfaces cannot be had: Address already in use"):
        netsvc.HttpDaemon(8000).start()
    assert here.daemons == {}


@pytest.mark.parametrize("refused", [False, ValueError("oh")])
def test_hosts_that_are_not_authorised_are_not_answered(here: Process, logbook: Logbook, refused: Any) -> None:
    class Careful(netsvc.HttpDaemon):
        def authorise(self, host: str) -> bool:
            if host != "127.0.0.1" and isinstance(refused, Exception):
                raise refused
            return host == "127.0.0.1"

    Careful(8000, "127.0.0.1").start()
    site = here.reactor.tcpServers[-1][1]
    assert site.buildProtocol(IPv4Address("TCP", "10.0.0.1", 4000)) is None
    assert site.buildProtocol(IPv4Address("TCP", "127.0.0.1", 4000)) is not None
    assert len(logbook.failures()) == isinstance(refused, Exception)


def test_answering_everybody_is_said_in_the_log(here: Process, logbook: Logbook) -> None:
    for port, interface in ((8000, "127.0.0.1"), (8001, "")):
        netsvc.HttpDaemon(port, interface).start()
    (line,) = logbook.lines("may call what is attached")
    assert line.startswith("whoever reaches port 8001 of all interfaces")
