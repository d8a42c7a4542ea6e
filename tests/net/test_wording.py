"""How people are told where a far end is, and why it cannot be reached."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.error import ConnectError, ConnectionRefusedError, DNSLookupError, TimeoutError

from exchange.net.wording import place_of, reason_of


@pytest.mark.parametrize(
    ("address", "place"),
    [
        (IPv4Address("TCP", "127.0.0.1", 11111), "tcp:127.0.0.1:11111"),
        (IPv6Address("TCP", "::1", 11111), "tcp:::1:11111"),
        (UNIXAddress("/run/hub.sock"), "unix:/run/hub.sock"),
        (UNIXAddress(None), "a Unix socket"),
        (HostnameAddress(b"hosta", 1), "HostnameAddress(hostname=b'hosta', port=1)"),
    ],
)
def test_an_address_is_written_as_an_endpoint(address: Any, place: str) -> None:
    assert place_of(address) == place


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionRefusedError("refused"), "nobody listens there"),
        (DNSLookupError("no such name"), "there is no such host"),
        (TimeoutError(), "nobody answers"),
        (ConnectError(osError=2), "there is no such socket"),
        (ConnectError(osError=OSError(113, "No route to host")), "No route to host"),
        (ValueError("two\nlines."), "two lines"),
        (ValueError(), "ValueError"),
    ],
)
def test_each_reason_is_told_in_few_words(error: Exception, reason: str) -> None:
    assert reason_of(error) == reason
