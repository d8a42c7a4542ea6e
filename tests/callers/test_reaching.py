"""How hubs are written; reaching them is shown by the programs of test_blocking and test_aio."""

from __future__ import annotations

import pytest

from exchange.callers.reaching import endpoint_of


@pytest.mark.parametrize(
    ("hub", "endpoint"),
    [
        ("localhost:11111", "tcp:localhost:11111"),
        ("[::1]:11111", r"tcp:\:\:1:11111"),
        ("tcp:localhost:11111", "tcp:localhost:11111"),
        ("tcp:11111", "tcp:11111"),
        ("unix:/run/hub", "unix:/run/hub"),
        ("localhost", "localhost"),
    ],
)
def test_a_hub_is_written_short_or_as_an_endpoint(hub: str, endpoint: str) -> None:
    assert endpoint_of(hub) == endpoint
