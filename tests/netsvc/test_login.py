from __future__ import annotations

from typing import Any

import pytest
from twisted.web.test.requesthelper import DummyRequest

from exchange.netsvc.login import challenge, login_of


@pytest.mark.parametrize(
    ("header", "login"),
    [
        (None, ("", "")),
        (b"Basic am9lOnNlY3JldA==", ("joe", "secret")),
        (b"basic  am9lOmE6Yg==", ("joe", "a:b")),
        (b"Basic w7xsbGk6eA==", ("\u00fclli", "x")),
        (b"Basic am9l", None),
        (b"Basic /w==", None),
        (b"Basic", None),
        (b"Bearer x", None),
    ],
)
def test_login_and_password_are_read_from_the_head(header: bytes | None, login: tuple[str, str] | None) -> None:
    request: Any = DummyRequest([b""])
    if header is not None:
        request.requestHeaders.addRawHeader(b"authorization", header)
    assert login_of(request) == login


def test_a_login_is_asked_for_by_http_basic() -> None:
    request: Any = DummyRequest([b""])
    assert challenge(request) == b"a login is needed here\n"
    assert request.responseCode == 401
    assert request.responseHeaders.getRawHeaders(b"www-authenticate") == [b'Basic realm="", charset="UTF-8"']
