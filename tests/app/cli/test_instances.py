"""The instance that somebody means."""

from __future__ import annotations

import pytest

from exchange.app.cli.instances import instance_of
from exchange.errors import ConfigurationError, ServiceUnavailable
from exchange.services.presence import Presence
from exchange.wire.identities import Identity, make_id, readable


def presence(identity: bytes, number: int) -> Presence:
    return Presence(make_id(Identity(identity * 16), number), "math", (), "*", b"", None)


A1, A11, B1 = presence(b"a", 1), presence(b"a", 11), presence(b"b", 1)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (readable(A1.id), A1),
        (readable(A11.id), A11),
        (readable(B1.id)[:3], B1),
        (B1.id.hex(), B1),
    ],
)
def test_an_id_or_its_unique_beginning_is_an_instance(text: str, meant: Presence) -> None:
    assert instance_of([A1, A11, B1], "math", text) is meant


def test_what_may_be_several_is_refused_with_their_ids() -> None:
    with pytest.raises(ConfigurationError, match=r"^'YWFh' may be YWFhYWFh.1 or YWFhYWFh.11; write more of it$"):
        instance_of([A1, A11, B1], "math", "YWFh")


def test_what_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(ServiceUnavailable, match=r"^service 'math' has no instance 'x'; its instances are YWFhYWFh.1$"):
        instance_of([A1], "math", "x")
    with pytest.raises(ServiceUnavailable, match=r", YWFhYWFh.4 and 1 more$"):
        instance_of([presence(b"a", number) for number in range(6)], "math", "x")
