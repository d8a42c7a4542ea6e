"""What an exchange's role says of audiences."""

from __future__ import annotations

import pytest

from exchange.routing.role import Role
from tests.routing.recorder import identity


@pytest.mark.parametrize(
    ("audience", "group", "told"),
    [
        ("*", "", True),
        ("*", "plant", True),
        ("", "", False),
        ("", "plant", False),
        ("plant", "plant", True),
        ("plant", "", False),
        ("office", "plant", False),
    ],
)
def test_an_instance_is_known_outside_its_process_by_its_audience(audience: str, group: str, told: bool) -> None:
    assert Role(identity("hub"), group=group).tells(audience) is told
