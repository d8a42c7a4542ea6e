"""What a gateway mounts, and what people are told of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from twisted.internet.address import IPv4Address

from exchange.app.ending import Ending
from exchange.app.faces import TITLES, faces_of, told_of_faces
from exchange.app.measures import Measuring
from exchange.app.tables import FACES, GatewayTable
from exchange.errors import ConfigurationError
from exchange.gateways.face import Face
from exchange.gateways.files import Files
from exchange.gateways.jsonrpc import JsonRpcGateway
from exchange.gateways.live import LiveGateway
from exchange.gateways.selection import Selection
from exchange.gateways.terms import Terms
from exchange.gateways.xmlrpc import XmlRpcGateway
from exchange.testing import Network

TABLE = GatewayTable(mount={"/rpc": "xmlrpc", "/jsonrpc": "jsonrpc", "/more": "xmlrpc"})


def measuring(network: Network) -> Measuring:
    return Measuring(network.clock, Ending(network.clock, 0.0))


def test_each_path_has_its_face_and_all_show_the_same_services(network: Network) -> None:
    peer = network.hub()
    selection = Selection(peer, "web-services")

    faces = faces_of(TABLE, peer, selection, {}, measuring(network))

    assert list(faces) == ["/rpc", "/jsonrpc", "/more"]
    assert isinstance(faces["/rpc"], XmlRpcGateway)
    assert isinstance(faces["/jsonrpc"], JsonRpcGateway)
    assert faces["/more"] is faces["/rpc"]
    assert {face.selection for face in faces.values() if isinstance(face, Face)} == {selection}


def test_every_word_of_a_mount_has_something_behind_it(network: Network) -> None:
    peer = network.hub()
    table = GatewayTable(mount={f"/{face}": face for face in FACES})

    assert (
        len(faces_of(table, peer, Selection(peer, "web-services"), {}, measuring(network))) == len(FACES) == len(TITLES)
    )


def test_xml_rpc_has_the_words_and_limits_of_the_table(network: Network) -> None:
    peer = network.hub()
    table = GatewayTable(mount={"/rpc": "xmlrpc"}, max_batch=3, none="empty", big_integers="text")

    face = faces_of(table, peer, Selection(peer, "web-services"), {}, measuring(network))["/rpc"]

    assert isinstance(face, XmlRpcGateway)
    assert face.max_batch == 3
    assert face.writer.value(None) == "<value><string></string></value>"
    assert face.writer.value(2**31) == "<value><string>2147483648</string></value>"


def test_folders_have_their_files_and_are_open_to_those_whom_the_gateway_lets_in(
    network: Network, tmp_path: Path
) -> None:
    class Nobody:
        def identify(self, request: object) -> None:
            raise AssertionError("nobody asks here")

    peer, guard = network.hub(), Nobody()
    table = GatewayTable(mount={"/static": f"files:{tmp_path}", "/live": "live"}, live_heartbeat=3)

    terms: Terms = {"guard": guard, "origins": ["https://a.example"]}
    faces = faces_of(table, peer, Selection(peer, "web-services"), terms, measuring(network))

    static, live = faces["/static"], faces["/live"]
    assert isinstance(static, Files)
    assert isinstance(live, LiveGateway)
    assert static.settings.guard is live.settings.guard is guard
    assert static.settings.origins == ["https://a.example"]


def test_people_are_told_where_each_is() -> None:
    assert told_of_faces(TABLE, IPv4Address("TCP", "127.0.0.1", 80)) == (
        "XML-RPC at http://127.0.0.1:80/rpc and http://127.0.0.1:80/more, JSON-RPC at http://127.0.0.1:80/jsonrpc"
    )
    assert told_of_faces(
        GatewayTable(mount={"/": "files:public", "/live": "live"}), IPv4Address("TCP", "127.0.0.1", 80)
    ) == ("files of public at http://127.0.0.1:80/, live reports at http://127.0.0.1:80/live")


def test_without_lxml_soap_says_at_the_start_how_to_have_it(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    peer = network.hub()
    for name in [name for name in sys.modules if name.startswith("exchange.gateways.soap")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "lxml", None)
    table = GatewayTable(mount={"/soap": "soap"})

    with pytest.raises(
        ConfigurationError, match=r"^SOAP needs lxml, which is not installed: pip install 'exchange\[soap\]'$"
    ):
        faces_of(table, peer, Selection(peer, "web-services"), {}, measuring(network))


def test_nothing_but_soap_needs_lxml() -> None:
    program = "import sys, exchange.app.faces; sys.exit('lxml' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
