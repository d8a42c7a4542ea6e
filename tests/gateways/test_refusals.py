"""Refusals: judged from the head of a request, in a fixed order."""

from __future__ import annotations

from io import BytesIO

import pytest
from twisted.web.server import Request
from twisted.web.test.requesthelper import DummyChannel

from exchange.gateways.refusals import Refusal, refusal_of, service_name

LIMIT = 10


def request(*headers: tuple[str, str], method: str = "POST", body: bytes = b"", length: bool = True) -> Request:
    """Return a request that has arrived."""
    made = Request(DummyChannel(), False)
    made.method = method.encode()
    made.content = BytesIO(body)
    lengths = [("content-length", str(len(body)))] if length else []
    for name, value in [*headers, *lengths]:
        made.requestHeaders.addRawHeader(name.encode(), value.encode())
    return made


def status_of(asked: Request, is_shown: bool = True, is_current: bool = True) -> int:
    """Return the status with which a request is refused; 200 if it is not."""
    refusal = refusal_of(asked, is_shown, LIMIT, is_current=is_current)
    return refusal.status if refusal else 200


def test_the_order_of_the_checks_is_fixed() -> None:
    wrong = ("content-type", "text/plain")
    zipped = ("content-encoding", "gzip")
    large = b"x" * (LIMIT + 1)

    assert status_of(request(wrong, zipped, method="GET", body=large, length=False), is_shown=False) == 404
    assert status_of(request(wrong, method="GET", length=False), is_shown=False, is_current=False) == 503
    assert status_of(request(), is_current=False) == 200
    assert status_of(request(wrong, zipped, method="GET", body=large, length=False)) == 405
    assert status_of(request(wrong, zipped, body=large, length=False)) == 400
    assert status_of(request(zipped, body=large, length=False)) == 415
    assert status_of(request(body=large, length=False)) == 400
    assert status_of(request(body=large)) == 413
    assert status_of(request(body=large[:LIMIT])) == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "post", "BREW"])
def test_a_service_is_called_by_post_alone(method: str) -> None:
    assert status_of(request(method=method)) == 405


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("text/xml", 200),
        ("text/xml; charset=utf-8", 200),
        ("TEXT/XML;charset=utf-8", 200),
        ("application/xml", 200),
        ("application/rpc+xml", 200),
        ("text/plain", 400),
        ("text/html", 400),
        ("application/json", 400),
        ("xml", 400),
        ("", 400),
        ("text/plain; a=text/xml", 400),
    ],
)
def test_the_content_type_is_read_as_a_media_type(kind: str, status: int) -> None:
    assert status_of(request(("content-type", kind))) == status


def test_a_body_of_unsaid_type_is_taken_for_xml() -> None:
    assert status_of(request()) == 200


@pytest.mark.parametrize(("coding", "status"), [("identity", 200), ("gzip", 415), ("deflate, identity", 415)])
def test_a_body_must_not_be_compressed(coding: str, status: int) -> None:
    assert status_of(request(("content-encoding", coding))) == status


def test_a_body_in_chunks_needs_no_length() -> None:
    assert status_of(request(("transfer-encoding", "chunked"), length=False)) == 200


@pytest.mark.parametrize(
    ("parts", "name"),
    [([b"math"], "math"), ([b"db", b"1"], "db/1"), ([], ""), ([b"gr\xc3\xb6\xc3\x9fe"], "größe"), ([b"\xff"], "")],
)
def test_the_rest_of_the_path_is_the_name_of_the_service(parts: list[bytes], name: str) -> None:
    asked = request()
    asked.postpath = parts

    assert service_name(asked) == name


def test_a_refusal_is_a_sentence_in_plain_text() -> None:
    asked = request()

    body = Refusal(405, "a service is called by POST").send(asked)

    assert body == b"a service is called by POST\n"
    assert asked.code == 405
    headers = asked.responseHeaders
    assert headers.getRawHeaders("content-type") == ["text/plain; charset=utf-8"]
    assert headers.getRawHeaders("content-length") == [str(len(body))]
    assert headers.getRawHeaders("allow") == ["POST"]
