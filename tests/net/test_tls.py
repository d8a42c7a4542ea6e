"""TLS over endpoints: who is let in, who is not, and what both ends are told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Factory
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from exchange import ConfigurationError, Tls
from exchange.net.surroundings import certificate_name_of, is_private
from tests.net.authority import make_files
from tests.net.secured import ADDRESS, Dialled, Heard, Listening, Pair, tls_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_files(tmp_path_factory.mktemp("tls"))


def test_who_shows_a_certificate_of_the_authority_is_let_in_and_known_by_its_name(folder: Path) -> None:
    pair = Pair(tls_of(folder, "hub", "authority"), tls_of(folder, "peer", "authority"))
    pair.say(b"hello")

    assert pair.accepting.data == b"hello"
    assert certificate_name_of(pair.accepting.transport) == "press"
    assert certificate_name_of(pair.dialling.transport) == "rome"
    assert is_private(pair.accepting.transport)


def test_where_there_is_no_authority_nobody_is_asked_for_a_certificate(folder: Path) -> None:
    pair = Pair(tls_of(folder, "hub", None), tls_of(folder, None, "authority"))
    pair.say(b"hello")

    assert pair.accepting.data == b"hello"
    assert certificate_name_of(pair.accepting.transport) == ""


@pytest.mark.parametrize("host", ["hub.example", "HUB.example", "127.0.0.1", "::1"])
def test_the_certificate_is_for_whoever_was_dialled_be_it_a_name_or_an_address(folder: Path, host: str) -> None:
    pair = Pair(tls_of(folder, "hub", None), tls_of(folder, None, "authority"), host)
    pair.say(b"hello")

    assert pair.accepting.data == b"hello"


@pytest.mark.parametrize(
    ("hub", "peer", "at_hub", "at_peer"),
    [
        (
            ("hub", "authority"),
            (None, "authority"),
            "the far end showed no certificate, and one of our authority is asked for",
            "the far end asks for a certificate and was shown none: give certificate and key",
        ),
        (
            ("hub", "authority"),
            ("stray-peer", "authority"),
            "the certificate of the far end is not of an authority that is known here",
            "the far end does not know the authority of our certificate",
        ),
        (
            ("hub", "authority"),
            ("late-peer", "authority"),
            "the certificate of the far end has expired: it must be renewed there",
            "our certificate has expired, says the far end: renew it",
        ),
        (
            ("hub", "authority"),
            ("early-peer", "authority"),
            "the certificate of the far end is not valid yet; are the clocks right?",
            "the far end does not take our certificate; its log says why",
        ),
        (
            ("hub", None),
            (None, "other-authority"),
            "the far end does not know the authority of our certificate",
            "the certificate of the far end is not of an authority that is known here",
        ),
        (
            ("late-hub", None),
            (None, "authority"),
            "our certificate has expired, says the far end: renew it",
            "the certificate of the far end has expired: it must be renewed there",
        ),
        (
            ("peer", None),
            (None, "authority"),
            "our certificate is not for this use, says the far end",
            "the certificate of the far end is not for this use: that of a peer cannot stand for a hub",
        ),
        (
            ("hub", None),
            (None, None),
            "the far end does not know the authority of our certificate",
            "the certificate of the far end is not of an authority that is known here",
        ),
    ],
)
def test_who_is_not_let_in_is_told_why_at_both_ends(
    folder: Path,
    hub: tuple[str, str | None],
    peer: tuple[str | None, str | None],
    at_hub: str,
    at_peer: str,
) -> None:
    pair = Pair(tls_of(folder, *hub), tls_of(folder, *peer))
    pair.say(b"hello")

    assert (pair.accepting.lost, pair.dialling.lost) == (at_hub, at_peer)
    assert pair.accepting.data == b""


@pytest.mark.parametrize("host", ["elsewhere.example", "192.0.2.9"])
def test_a_certificate_for_another_host_is_not_believed(folder: Path, host: str) -> None:
    pair = Pair(tls_of(folder, "hub", None), tls_of(folder, None, "authority"), host)
    pair.say(b"hello")

    text = "the certificate of the far end is for localhost, hub.example, 127.0.0.1, ::1, and not for"
    assert pair.dialling.lost == f"{text} '{host}', which was dialled"
    assert pair.accepting.data == b""


def test_a_certificate_may_be_asked_for_and_not_insisted_on(folder: Path) -> None:
    hub = tls_of(folder, "hub", "authority", insists=False)
    for peer, name in (None, ""), ("peer", "press"):
        pair = Pair(hub, tls_of(folder, peer, "authority"))
        pair.say(b"hello")
        assert pair.accepting.data == b"hello"
        assert certificate_name_of(pair.accepting.transport) == name

    stray = Pair(hub, tls_of(folder, "stray-peer", "authority"))
    stray.say(b"hello")
    assert stray.accepting.data == b""


def test_a_hub_is_believed_by_those_that_have_its_own_files(folder: Path) -> None:
    pair = Pair(tls_of(folder, "hub", None), tls_of(folder, "hub", None, believes_itself=True))
    pair.say(b"hello")

    assert pair.accepting.data == b"hello"


def test_a_factory_that_takes_nobody_may_say_so(folder: Path) -> None:
    class Full(Factory):
        def buildProtocol(self, addr: object) -> None:
            return None

    listening = Listening()
    tls_of(folder, "hub", None).listening(Clock(), listening).listen(Full())

    assert listening.factory.buildProtocol(ADDRESS) is None


def test_to_listen_needs_a_certificate(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="to listen with TLS needs certificate and key"):
        tls_of(folder, None, "authority").listening(Clock(), Listening())


@pytest.mark.parametrize("given", ["certificate", "key"])
def test_certificate_and_key_go_together(folder: Path, given: str) -> None:
    with pytest.raises(ConfigurationError, match=f"go together, and only {folder / 'hub.pem'} is given"):
        Tls(**dict[str, Any]({given: folder / "hub.pem"}))


def test_what_is_not_installed_is_said_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.net.tls.find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"^TLS needs .*: pip install 'exchange\[tls\]'$"):
        tls_of(folder, "hub", None)


def test_who_speaks_no_tls_is_told_so_in_plain(folder: Path) -> None:
    class Links(Factory):
        protocol = Heard
        plain_answer = b"TLS, please"

    listening = Listening()
    tls_of(folder, "hub", None).listening(Clock(), listening).listen(Links())
    for said, answer in (b"\0\0\0\7hello", b"TLS, please"), (b"\x16\3\1", b""):
        transport = StringTransport(peerAddress=ADDRESS)
        accepting = listening.factory.buildProtocol(ADDRESS)
        accepting.makeConnection(transport)
        accepting.dataReceived(said)
        assert transport.value() == answer
        assert transport.disconnecting is bool(answer)


def test_a_hub_that_does_not_speak_tls_is_told_from_one_that_does(folder: Path) -> None:
    dialled = Dialled()
    found: list[Any] = []
    tls = tls_of(folder, None, "authority")
    tls.dialling(Clock(), dialled, "localhost").connect(Factory.forProtocol(Heard)).addCallback(found.append)
    dialled.outer.dataReceived(b"\0\0\0\7\x07\0\0\0nonsense")
    dialled.outer.connectionLost(Failure(ConnectionDone()))

    assert found[0].lost == "the far end does not speak TLS"


def test_a_tls_that_takes_over_does_what_the_other_does_for_whoever_connects_from_then_on(folder: Path) -> None:
    hub, peer = tls_of(folder, "hub", None), tls_of(folder, "peer", "authority")
    hub.take_over(tls_of(folder, "hub", "authority"))
    pair = Pair(hub, peer)
    pair.say(b"hello")

    assert hub.has_authority
    assert certificate_name_of(pair.accepting.transport) == "press"
