"""The files of a folder: what lies in it is sent, and nothing else whatever the path says."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.internet.task import Cooperator, deferLater
from twisted.web.resource import Resource

from exchange import ConfigurationError
from exchange.gateways.files import Files, Rest, kind_of
from exchange.gateways.refusals import Refusal
from exchange.gateways.site import GatewaySite
from exchange.gateways.terms import Identified
from exchange.testing import Network
from tests.gateways.web import Answer, Web, mounted

DIGITS = b"0123456789"

Ask = Callable[..., Answer]


@pytest.fixture(autouse=True)
def _no_reactor(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Twisted read files by the clock of the network."""
    cooperator = Cooperator(scheduler=lambda go_on: network.clock.callLater(0, go_on))
    monkeypatch.setattr("twisted.internet._producer_helpers.cooperate", cooperator.cooperate)


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """A folder to show, and a secret beside it."""
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "public"
    (folder / "sub" / "deep").mkdir(parents=True)
    (folder / "bare").mkdir()
    (folder / ".git").mkdir()
    (folder / "digits.bin").write_bytes(DIGITS)
    (folder / "empty.txt").write_text("")
    (folder / "index.html").write_text("<h1>first</h1>")
    (folder / "sub" / "index.html").write_text("<h1>second</h1>")
    (folder / "sub" / "a b:ä.js").write_text("let a = 1;")
    (folder / ".hidden").write_text("secret")
    (folder / ".git" / "config").write_text("secret")
    (folder / "bare" / "file.txt").write_text("text")
    return folder


@pytest.fixture
def ask(network: Network, public: Path) -> Ask:
    """Ask for a path of the folder, which is at /static."""

    def asked(path: str, *headers: str, method: str = "GET") -> Answer:
        web = Web(network, GatewaySite(mounted("/static", Files(public)), network.clock))
        head = "\r\n".join([f"{method} /static{path} HTTP/1.1", "Host: here", *headers, "", ""])
        return web.ask(head.encode())

    return asked


def test_a_file_is_sent_with_its_kind_and_length(ask: Ask) -> None:
    answer = ask("/digits.bin")

    assert (answer.status, answer.body) == (200, DIGITS)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-length"] == "10"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "last-modified" in answer.headers


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.html", "text/html; charset=utf-8"),
        ("a.JS", "text/javascript; charset=utf-8"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.json", "application/json; charset=utf-8"),
        ("a.svg", "image/svg+xml"),
        ("a.png", "image/png"),
        ("a.tar.gz", "application/octet-stream"),
        ("a", "application/octet-stream"),
        ("a.html.bak", "application/octet-stream"),
    ],
)
def test_the_kind_of_a_file_is_that_of_the_end_of_its_name(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_a_name_may_have_spaces_and_letters_of_any_alphabet(ask: Ask) -> None:
    assert ask("/sub/a%20b%3A%C3%A4.js").body == b"let a = 1;"


@pytest.mark.parametrize(
    ("path", "body"), [("/", b"<h1>first</h1>"), ("/sub/", b"<h1>second</h1>"), ("/index.html", b"<h1>first</h1>")]
)
def test_for_a_folder_its_index_is_sent(ask: Ask, path: str, body: bytes) -> None:
    answer = ask(path)

    assert (answer.status, answer.body) == (200, body)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "place"), [("", "./static/"), ("/sub", "./sub/"), ("/sub?a=b", "./sub/?a=b"), ("?x", "./static/?x")]
)
def test_a_folder_without_its_slash_is_told_where_it_is(ask: Ask, path: str, place: str) -> None:
    answer = ask(path)

    assert (answer.status, answer.headers["location"]) == (302, place)


def test_what_was_asked_for_never_leads_a_browser_to_another_site(ask: Ask, public: Path) -> None:
    (public / "evil:x").mkdir()
    (public / "evil:x" / "index.html").write_text("")

    assert ask("/evil%3Ax").headers["location"] == "./evil%3Ax/"
    assert ask("//evil.example/sub").status == 404


OUTSIDE = [
    "/nothing",
    "/bare/",  # which has no index, and is not listed
    "/bare",
    "/sub/deep/",
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/%2E%2E/%2E%2E/etc/passwd",
    "/sub/../../secret.txt",
    "/sub/%2e%2e/index.html",
    "/..\\secret.txt",
    "/..%5csecret.txt",
    "/%5c..%5csecret.txt",
    "/sub%5cindex.html",
    "/%252e%252e/secret.txt",
    "//etc/passwd",
    "/%2fetc%2fpasswd",
    "//",
    "///index.html",
    "/sub//index.html",
    "/index.html/",
    "/index.html/x",
    "/index.html%00",
    "/index.html%00.png",
    "/%00",
    "/./index.html",
    "/%2e/index.html",
    "/.hidden",
    "/%2ehidden",
    "/.git/config",
    "/sub/.",
    "/sub/..",
    "/...",
    "/%c0%ae%c0%ae/secret.txt",
    "/%ff",
    "/%ed%a0%80",
    "/" + "a" * 300,
    "/" + "a/" * 2000,
    "/index.html;x",
    "/~root",
    "/C:/index.html",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_what_is_not_in_the_folder_is_not_found_whatever_the_path(ask: Ask, path: str) -> None:
    answer = ask(path)

    assert (answer.status, answer.body) == (404, b"nothing is here\n")
    assert answer.headers["x-content-type-options"] == "nosniff"


PIECES = [
    "/",
    ".",
    "..",
    "%2e",
    "%2f",
    "%5c",
    "\\",
    "%00",
    "%ff",
    "secret.txt",
    "public",
    "sub",
    "index.html",
    "%",
    "?",
    ";",
]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_path_whatever_it_is_leads_to_a_secret_or_into_an_error(ask: Ask, path: str) -> None:
    answer = ask(f"/{path}")

    assert answer.status in (200, 302, 404)
    assert b"secret" not in answer.body


@given(st.text("bytes=0123456789-, ", max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_range_whatever_it_is_leads_into_an_error(ask: Ask, asked: str) -> None:
    assert ask("/digits.bin", f"Range: bytes={asked}").status in (200, 206, 416)
    assert ask("/empty.txt", f"Range: {asked}").status in (200, 206, 416)


def test_a_link_is_followed_within_the_folder_and_never_out_of_it(ask: Ask, public: Path) -> None:
    (public / "inside.bin").symlink_to("digits.bin")
    (public / "outside.txt").symlink_to("../secret.txt")
    (public / "above").symlink_to("..")
    (public / "hidden.txt").symlink_to(".hidden")
    (public / "around.txt").symlink_to(public / "around.txt")
    (public / "nowhere.txt").symlink_to("nowhere")
    (public / "bare" / "index.html").symlink_to("../../secret.txt")

    assert ask("/inside.bin").body == DIGITS
    for path in ["/outside.txt", "/above/secret.txt", "/hidden.txt", "/around.txt", "/nowhere.txt", "/bare/", "/bare"]:
        assert ask(path).status == 404, path


def test_the_folder_itself_may_be_a_link_that_is_led_elsewhere_later(network: Network, public: Path) -> None:
    link = public.parent / "current"
    link.symlink_to(public)
    web = Web(network, GatewaySite(mounted("/static", Files(link)), network.clock))
    asked = b"GET /static/ HTTP/1.1\r\nHost: here\r\n\r\n"
    assert web.ask(asked).body == b"<h1>first</h1>"

    link.unlink()
    link.symlink_to(public / "sub")

    assert web.ask(asked).body == b"<h1>second</h1>"


def test_a_pipe_in_the_folder_is_not_opened(ask: Ask, public: Path) -> None:
    os.mkfifo(public / "pipe")

    assert ask("/pipe").status == 404


def test_a_file_that_may_not_be_read_is_refused(ask: Ask, public: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("exchange.gateways.files.Found.openForReading", closed)  # root may read everything

    assert ask("/digits.bin").status == 403


def test_a_file_that_is_gone_when_it_is_to_be_opened_is_not_found(
    ask: Ask, public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.gateways.files.kind_of", lambda path: os.unlink(path))

    assert ask("/digits.bin").status == 404


def test_the_head_of_a_file_can_be_had_alone(ask: Ask) -> None:
    answer = ask("/digits.bin", method="HEAD")

    assert (answer.status, answer.headers["content-length"], answer.body) == (200, "10", b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"])
def test_files_are_only_read(ask: Ask, method: str) -> None:
    answer = ask("/digits.bin", "Content-Length: 0", method=method)

    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_what_has_not_changed_is_not_sent_again(ask: Ask) -> None:
    changed = ask("/digits.bin").headers["last-modified"]

    answer = ask("/digits.bin", f"If-Modified-Since: {changed}")
    assert (answer.status, answer.body) == (304, b"")
    assert ask("/digits.bin", "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT").status == 200
    assert ask("/digits.bin", "If-Modified-Since: yesterday").body == DIGITS


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=0-99", 206, DIGITS),
        ("bytes=-99", 206, DIGITS),
        ("bytes=0-0", 206, b"0"),
        ("bytes=10-", 416, b""),
        ("bytes=99-100", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=", 200, DIGITS),
        ("bytes=a-b", 200, DIGITS),
        ("bytes=5-2", 200, DIGITS),
        ("bytes=--3", 200, DIGITS),
        ("bytes=1-2,", 200, DIGITS),
        ("bytes=99999999999999999999-", 200, DIGITS),
        ("lines=1-2", 200, DIGITS),
        ("2-4", 200, DIGITS),
        (f"bytes={','.join(['0-'] * 9)}", 200, DIGITS),
        (f"bytes={','.join(['0-'] * 3000)}", 200, DIGITS),
    ],
)
def test_a_part_of_a_file_can_be_had(ask: Ask, asked: str, status: int, body: bytes) -> None:
    answer = ask("/digits.bin", f"Range: {asked}")

    assert (answer.status, answer.body) == (status, body)


def test_several_parts_come_in_one_answer(ask: Ask) -> None:
    answer = ask("/digits.bin", "Range: bytes=0-1, -99, 8-")

    assert answer.status == 206
    assert answer.headers["content-type"].startswith("multipart/byteranges")
    assert [answer.body.count(b"\r\n\r\n" + part + b"\r\n--") for part in (b"01", DIGITS, b"89")] == [1, 1, 1]


def test_an_empty_file_has_no_parts(ask: Ask) -> None:
    assert ask("/empty.txt").body == b""
    assert ask("/empty.txt", "Range: bytes=0-").status == 416
    assert ask("/empty.txt", "Range: bytes=-5").status == 416


def test_a_part_is_sent_only_if_the_file_is_still_the_one_that_was_begun(ask: Ask) -> None:
    changed = ask("/digits.bin").headers["last-modified"]

    assert ask("/digits.bin", "Range: bytes=2-4", f"If-Range: {changed}").body == b"234"
    assert ask("/digits.bin", "Range: bytes=2-4", 'If-Range: "an-etag"').body == DIGITS


def test_whoever_may_not_come_in_is_told_nothing_of_what_is_there(network: Network, public: Path) -> None:
    class Nobody:
        def identify(self, request: object) -> Refusal:
            return Refusal(401, "say who you are")

    web = Web(network, GatewaySite(mounted("/static", Files(public, guard=Nobody())), network.clock))

    for path in ("digits.bin", "nothing"):
        assert web.ask(f"GET /static/{path} HTTP/1.1\r\nHost: here\r\n\r\n".encode()).status == 401


def test_who_is_let_in_later_gets_the_same_as_who_is_let_in_at_once(network: Network, public: Path, ask: Ask) -> None:
    class Later:
        def identify(self, request: object) -> Deferred[Identified]:
            return deferLater(network.clock, 0, lambda: "alice")

    web = Web(network, GatewaySite(mounted("/static", Files(public, guard=Later())), network.clock))

    for method, path, header in [
        ("GET", "/digits.bin", "Range: bytes=2-4"),
        ("GET", "/sub", "X: y"),
        ("GET", "/nothing", "X: y"),
        ("HEAD", "/digits.bin", "X: y"),
        ("GET", "/digits.bin", f"If-Modified-Since: {ask('/digits.bin').headers['last-modified']}"),
    ]:
        later = web.ask(f"{method} /static{path} HTTP/1.1\r\nHost: here\r\n{header}\r\n\r\n".encode())
        at_once = ask(path, header, method=method)
        assert (later.status, later.body) == (at_once.status, at_once.body)
        assert later.headers["content-length"] == at_once.headers["content-length"]


def test_files_may_stand_at_the_root_beside_what_was_put_there(network: Network, public: Path) -> None:
    root = Rest(Files(public))
    root.putChild(b"other", mounted("/inner", Resource()))
    web = Web(network, GatewaySite(root, network.clock))

    def status(path: str) -> int:
        return web.ask(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode()).status

    assert web.ask(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").body == b"<h1>first</h1>"
    assert web.ask(b"GET /sub/ HTTP/1.1\r\nHost: here\r\n\r\n").body == b"<h1>second</h1>"
    assert web.ask(b"GET /sub HTTP/1.1\r\nHost: here\r\n\r\n").headers["location"] == "./sub/"
    assert [status(path) for path in ("/nothing", "//index.html", "/other/nothing")] == [404] * 3


@pytest.mark.parametrize("name", ["nothing", "public/digits.bin"])
def test_a_folder_that_is_not_there_is_noticed_at_once(public: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"there is no folder '.*{name}'; make it, or name another"):
        Files(public.parent / name)
