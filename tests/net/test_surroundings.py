"""What a transport tells of the far end."""

from __future__ import annotations

import pytest
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.testing import StringTransport

from exchange.net.surroundings import address_of, certificate_name_of, counted_by, is_local, is_private


@pytest.mark.parametrize(
    ("address", "host", "local"),
    [
        (IPv4Address("TCP", "127.0.0.1", 1), b"127.0.0.1", True),
        (IPv4Address("TCP", "127.9.9.9", 1), b"127.9.9.9", True),
        (IPv6Address("TCP", "::1", 1), b"::1", True),
        (IPv4Address("TCP", "192.0.2.1", 1), b"192.0.2.1", False),
        (IPv6Address("TCP", "2001:db8::1", 1), b"2001:db8::1", False),
        (IPv4Address("TCP", "somewhere", 1), b"somewhere", False),
        (UNIXAddress(b"/run/hub"), b"", True),
    ],
)
def test_where_the_far_end_is(address: object, host: bytes, local: bool) -> None:
    transport = StringTransport(peerAddress=address)

    assert address_of(transport) == host
    assert is_local(transport) is is_private(transport) is local
    assert certificate_name_of(transport) == ""


@pytest.mark.parametrize(
    ("address", "other"),
    [
        (b"2001:db8::1", b"2001:db8::ffff"),
        (b"fe80::1%eth0", b"fe80::2%eth1"),
        (b"::ffff:192.0.2.1", b"192.0.2.1"),
        (b"", b""),
    ],
)
def test_failures_are_counted_together_that_may_be_of_one_machine(address: bytes, other: bytes) -> None:
    assert counted_by(address) == counted_by(other)


@pytest.mark.parametrize(
    ("address", "other"),
    [
        (b"192.0.2.1", b"192.0.2.2"),
        (b"::ffff:192.0.2.1", b"::ffff:192.0.2.2"),
        (b"2001:db8::1", b"2001:db8:0:1::1"),
        (b"", b"somewhere"),
    ],
)
def test_those_of_several_are_not(address: bytes, other: bytes) -> None:
    assert counted_by(address) != counted_by(other)
