"""Amounts, as people read them."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.app.cli.amounts import rate, several, size


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (2_621_440, "2.5 MiB"),
        (1_072_693_248, "1023 MiB"),
        (3 << 30, "3 GiB"),
        (None, "-"),
    ],
)
def test_bytes(count: Any, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(("often", "text"), [(0.0, "0"), (0.254, "0.254"), (12_345.6, "12,346"), (None, "-")])
def test_rates(often: Any, text: str) -> None:
    assert rate(often) == text


def test_one_and_several() -> None:
    assert (several(1, "link"), several(1200, "link"), several(0, "process", "processes")) == (
        "1 link",
        "1,200 links",
        "0 processes",
    )
