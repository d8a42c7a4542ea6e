"""Origins: which pages of other web sites may call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.web.server import Request
from twisted.web.test.requesthelper import DummyChannel

from exchange import ConfigurationError
from exchange.gateways.origins import Origins, checked_origin
from exchange.gateways.refusals import Refusal
from tests.gateways.conftest import Gateway, Math
from tests.gateways.web import AT, Answer, called, posted

LISTED = "https://plant.example"
FOREIGN = [
    "https://evil.example",
    "null",
    "",
    "http://plant.example",
    "https://plant.example:1",
    "https://plant.example:443",
    "https://plant.example/",
    "https://plant.example.evil.example",
    "https://evil.example/https://plant.example",
    "https://evil-plant.example",
    "https://sub.plant.example",
    "https://plant.example https://evil.example",
    "https://evil.example https://plant.example",
    "https://plant.example, https://plant.example",
    "HTTPS://plant.example",
    "https://PLANT.example",
    "https://plant.example\u00e4",
    "*",
    "http://there",
    "http://here:81",
    "http://here.evil.example",
    "http://user@here",
    "http://here/path",
    "file://",
    "chrome-extension://abcdef",
]


class Nobody:
    """A guard that lets nobody in."""

    def identify(self, request: Request) -> Refusal:
        return Refusal(401, "say who you are")


def asked(gateway: Gateway, *headers: str, **settings: Any) -> Answer:
    settings = {"origins": [LISTED], **settings}
    return gateway(**settings).ask(posted(called("multiply", 6, 7), "Content-Type: text/xml", *headers))


def asking_first(gateway: Gateway, *headers: str, **settings: Any) -> Answer:
    """Ask as a browser does before it sends what a page wants to send."""
    settings = {"origins": [LISTED], **settings}
    lines = [f"OPTIONS {AT}/math HTTP/1.1", "Host: here", "Access-Control-Request-Method: POST", *headers]
    return gateway(**settings).ask("\r\n".join([*lines, "", ""]).encode())


def said_of_origins(answer: Answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("ask", [asked, asking_first])
def test_pages_of_other_sites_may_not_call(
    math: Math, gateway: Gateway, ask: Callable[..., Answer], origin: str
) -> None:
    answer = ask(gateway, f"Origin: {origin}")

    assert answer.status == 403
    assert said_of_origins(answer) == {}
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", LISTED])
def test_where_none_is_listed_no_page_of_another_site_may(math: Math, gateway: Gateway, origin: str) -> None:
    assert asked(gateway, f"Origin: {origin}", origins=[]).status == 403


def test_a_page_that_sends_what_needs_no_asking_first_is_refused_all_the_same(math: Math, gateway: Gateway) -> None:
    """A form, or a request without a content type, is sent by any browser for any page."""
    answer = gateway().ask(posted(called("slow"), "Origin: https://evil.example"))

    assert answer.status == 403
    assert math.begun == 0


@pytest.mark.parametrize("origins", [[LISTED, LISTED], [LISTED, "https://evil.example"], ["http://here"] * 2])
def test_a_request_that_names_several_origins_is_refused(math: Math, gateway: Gateway, origins: list[str]) -> None:
    assert asked(gateway, *[f"Origin: {each}" for each in origins]).status == 403
    assert asked(gateway, *[f"Origin: {each}" for each in origins], origins="*").status == 403


def test_pages_of_a_listed_site_may_call_and_read_the_answer(math: Math, gateway: Gateway) -> None:
    answer = asked(gateway, f"Origin: {LISTED}")

    assert answer.result == 42
    assert answer.headers["vary"] == "Origin"
    assert said_of_origins(answer) == {
        "access-control-allow-origin": LISTED,
        "access-control-expose-headers": "Retry-After, WWW-Authenticate",
    }


def test_they_may_read_why_they_are_refused(math: Math, gateway: Gateway) -> None:
    answer = asked(gateway, f"Origin: {LISTED}", guard=Nobody())

    assert answer.status == 401
    assert said_of_origins(answer)["access-control-allow-origin"] == LISTED


def test_where_one_logs_in_browsers_may_send_the_logins_that_they_keep(math: Math, gateway: Gateway) -> None:
    answer = asking_first(gateway, f"Origin: {LISTED}", guard=Nobody())

    assert answer.status == 204
    assert said_of_origins(answer)["access-control-allow-credentials"] == "true"


def test_a_browser_that_asks_first_is_told_what_it_may_send_and_needs_no_login(math: Math, gateway: Gateway) -> None:
    answer = asking_first(gateway, f"Origin: {LISTED}", "Access-Control-Request-Headers: authorization")

    assert (answer.status, answer.body) == (204, b"")
    assert "content-length" not in answer.headers
    assert said_of_origins(answer) == {
        "access-control-allow-origin": LISTED,
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "Authorization, Content-Type, Last-Event-ID, SOAPAction",
        "access-control-max-age": "600",
        "access-control-expose-headers": "Retry-After, WWW-Authenticate",
    }


def test_options_that_ask_for_nothing_are_no_way_to_call(math: Math, gateway: Gateway) -> None:
    raw = f"OPTIONS {AT}/math HTTP/1.1\r\nHost: here\r\nOrigin: {LISTED}\r\n\r\n"

    assert gateway(origins=[LISTED]).ask(raw.encode()).status == 405


def test_with_a_star_all_pages_may_call_and_none_with_what_its_browser_keeps(math: Math, gateway: Gateway) -> None:
    for origin in ("https://evil.example", "null", "http://here"):
        answer = asked(gateway, f"Origin: {origin}", origins="*")
        assert answer.result == 42
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "vary" not in answer.headers
        first = asking_first(gateway, f"Origin: {origin}", origins=["*"], guard=Nobody())
        assert first.status == 204
        assert "access-control-allow-credentials" not in first.headers


def test_programs_name_no_origin_and_may_call(math: Math, gateway: Gateway) -> None:
    answer = asked(gateway)

    assert answer.result == 42
    assert answer.headers["vary"] == "Origin"  # what is kept of it between us and a page must not be given to the page
    assert "vary" not in asked(gateway, origins=[]).headers


@pytest.mark.parametrize(
    ("origin", "host", "is_secure"),
    [
        ("http://here", "here", False),
        ("http://here", "here:80", False),
        ("http://here:80", "here", False),
        ("http://Here:8000", "hEre:8000", False),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", False),
        ("http://[::1]:8000", "[::1]:8000", False),
        ("http://[::1]", "[::1]", False),
        ("https://here", "here", True),
        ("https://here", "here:443", True),
        ("https://here:8443", "here:8443", True),
        ("https://here", "here", False),  # something before us has taken TLS off
    ],
)
def test_pages_of_the_site_itself_may_call(origin: str, host: str, is_secure: bool) -> None:
    assert Origins().answered(request(origin, host, is_secure=is_secure)) is None


@pytest.mark.parametrize(
    ("origin", "hosts", "is_secure"),
    [
        ("http://here", ["there"], False),
        ("http://here:8000", ["here"], False),
        ("http://here", ["here:8000"], False),
        ("http://here", ["here:443"], True),
        ("http://here", ["here"], True),  # a page that came without TLS may be anybody's
        ("http://here", [], False),
        ("http://", [""], False),
        ("http://here", ["here", "here"], False),
        ("ftp://here", ["here"], False),
        ("here", ["here"], False),
    ],
)
def test_pages_of_what_only_looks_like_it_may_not(origin: str, hosts: list[str], is_secure: bool) -> None:
    answer = Origins().answered(request(origin, *hosts, is_secure=is_secure))

    assert isinstance(answer, bytes)
    assert answer.startswith(b"pages of this origin may not call here")


def request(origin: str, *hosts: str, is_secure: bool) -> Request:
    made = Request(DummyChannel(), False)
    made.method = b"POST"
    made._forceSSL = is_secure
    made.requestHeaders.setRawHeaders(b"origin", [origin.encode()])
    made.requestHeaders.setRawHeaders(b"host", [host.encode() for host in hosts])
    return made


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://plant.example", "https://plant.example"),
        ("HTTPS://Plant.Example:443", "https://plant.example"),
        ("https://plant.example:0443", "https://plant.example"),
        ("http://plant.example:08000", "http://plant.example:8000"),
        ("http://plant.example:80", "http://plant.example"),
        ("http://plant.example:443", "http://plant.example:443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("capacitor://localhost", "capacitor://localhost"),
    ],
)
def test_an_origin_is_listed_as_browsers_write_it(text: str, origin: str) -> None:
    assert checked_origin(text) == origin


NO_ORIGINS = """
plant.example
https://
https://plant.example/
https://plant.example/a
https://*.example
https://user@plant.example
https://plant.example:x
https://plänt.example
https://a b
//a
null
"""


@pytest.mark.parametrize("text", NO_ORIGINS.splitlines())
def test_what_is_no_origin_is_told_at_the_start(text: str) -> None:
    with pytest.raises(ConfigurationError, match="^origins: '"):
        Origins([text])


def test_a_star_stands_alone() -> None:
    with pytest.raises(ConfigurationError, match=r"^origins: '\*' is every one, and stands alone$"):
        Origins(["*", LISTED])
