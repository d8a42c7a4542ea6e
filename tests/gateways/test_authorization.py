"""What a request says of who asks: read strictly, and never half."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.cred.credentials import IAnonymous, IUsernamePassword
from twisted.web.server import Request
from twisted.web.test.requesthelper import DummyChannel

from exchange.gateways.authorization import Malformed, read_authorization
from exchange.gateways.tokens import IBearerToken


def asked(*said: bytes) -> Request:
    """Return a request with these headers."""
    request = Request(DummyChannel(), False)
    for value in said:
        request.requestHeaders.addRawHeader(b"authorization", value)
    return request


def read(*said: bytes) -> Any:
    return read_authorization(asked(*said))


def basic(login: str | bytes, scheme: bytes = b"Basic ") -> bytes:
    return scheme + b64encode(login.encode() if isinstance(login, str) else login)


def test_who_says_nothing_is_anonymous() -> None:
    assert IAnonymous.providedBy(read())


@pytest.mark.parametrize(
    ("said", "name", "password"),
    [
        (basic("ann:secret"), "ann", "secret"),
        (basic("ann:secret", b"basic "), "ann", "secret"),
        (basic("ann:secret", b"BASIC    "), "ann", "secret"),
        (basic("ann:secret") + b"  ", "ann", "secret"),
        (basic("ann:"), "ann", ""),
        (basic(":secret"), "", "secret"),
        (basic(":"), "", ""),
        (basic("ann:se:cr:et"), "ann", "se:cr:et"),
        (basic("ann: se cret "), "ann", " se cret "),
        (basic("Jürgen Ö:pä§wörd€"), "Jürgen Ö", "pä§wörd€"),
        (basic("測試:123£"), "測試", "123£"),
    ],
)
def test_a_name_and_a_password_are_read(said: bytes, name: str, password: str) -> None:
    shown = read(said)

    assert IUsernamePassword.providedBy(shown)
    assert (shown.username, shown.password) == (name.encode(), password.encode())


@pytest.mark.parametrize("said", [b"Bearer mF_9.B5f-4.1JqM", b"bearer   mF_9.B5f-4.1JqM", b"BEARER mF_9.B5f-4.1JqM "])
def test_a_token_is_read(said: bytes) -> None:
    shown = read(said)

    assert IBearerToken.providedBy(shown)
    assert shown.token == b"mF_9.B5f-4.1JqM"


BAD = {
    "two of them": (basic("ann:secret"), basic("ann:secret")),
    "two that differ": (basic("ann:secret"), b"Bearer abc"),
    "an empty one and another": (b"", basic("ann:secret")),
    "Basic alone": (b"Basic",),
    "Basic and a space": (b"Basic ",),
    "no base64": (b"Basic ann:secret",),
    "base64 without its end": (b"Basic YW5uOnNlY3JldDE",),
    "base64 with too much of an end": (b"Basic YW5uOnNlY3JldA===A",),
    "base64 in two parts": (b"Basic YW5uOn NlY3JldA==",),
    "base64 with a comma": (b"Basic YW5uOnNlY3JldA==, Basic YW5uOnNlY3JldA==",),
    "base64 for addresses": (b"Basic " + b64encode(b"ann:\xc3\xbf\xc3\xbf?>").replace(b"/", b"_"),),
    "base64 with a line end": (b"Basic YW5u\tOnNlY3JldA==",),
    "base64 with letters beyond ASCII": (b"Basic YW5uOn\xc3\xbcNlY3JldA==",),
    "no colon": (basic("ann"),),
    "nothing at all": (b"Basic ====",),
    "latin-1": (basic("jürgen:secret".encode("latin-1")),),
    "UTF-16": (basic("ann:secret".encode("utf-16")),),
    "half a character": (basic(b"ann:\xc3"),),
    "a surrogate": (basic(b"ann:\xed\xa0\x80"),),
    "an overlong slash": (basic(b"ann:\xc0\xaf"),),
    "a zero byte": (basic("ann\0:secret"),),
    "a zero byte in the password": (basic("ann:sec\0ret"),),
    "a line end": (basic("ann\r\nX-Admin: 1:secret"),),
    "a tabulator": (basic("ann:sec\tret"),),
    "a delete": (basic("ann:secret\x7f"),),
    "a control character of the second kind": (basic("ann:secret\x85"),),
    "Bearer alone": (b"Bearer",),
    "Bearer and spaces": (b"Bearer    ",),
    "two tokens": (b"Bearer abc def",),
    "two tokens with a comma": (b"Bearer abc,def",),
    "a quoted token": (b'Bearer "abc"',),
    "a token with a colon": (b"Bearer ann:abc",),
    "a token with letters beyond ASCII": (b"Bearer \xc3\xa4bc",),
    "a token that is an end alone": (b"Bearer ==",),
    "a token with its end in the middle": (b"Bearer a=b",),
    "a token with a zero byte": (b"Bearer a\0b",),
    "a parameter": (b"Bearer token=abc; x",),
}


@pytest.mark.parametrize("said", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_understood_is_told_and_not_shown(said: tuple[bytes, ...]) -> None:
    with pytest.raises(Malformed) as raised:
        read(*said)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"   ",
        b"Digest username=ann",
        b"Negotiate YII=",
        b"Basicc YQ==",
        b"Basic\tYW5uOnNlY3JldA==",
        b"Basic:YQ==",
        b"YW5uOnNlY3JldA==",
        b"NTLM",
        b"Bearer\xa0abc",
        b"\xff\xfe",
    ],
)
def test_a_scheme_that_is_not_known_here_says_nothing(said: bytes) -> None:
    assert read(said) is None


@given(st.lists(st.binary(max_size=40) | st.binary(max_size=40).map(basic), min_size=1, max_size=3))
def test_whatever_is_said_is_read_or_malformed(said: list[bytes]) -> None:
    try:
        shown = read(*said)
    except Malformed:
        return
    assert len(said) == 1
    assert shown is None or not IAnonymous.providedBy(shown)
