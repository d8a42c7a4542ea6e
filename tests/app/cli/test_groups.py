"""``exchange groups``."""

from __future__ import annotations

import json

import pytest_twisted

from tests.app.cli.conftest import Command, Place


@pytest_twisted.ensureDeferred
async def test_groups_are_told_with_their_services(verb: Command, hub: Place) -> None:
    ended = await verb("groups")

    assert ended.status == 0
    assert ended.lines == [
        "GROUP         SERVICES  INSTANCES",
        "plant         math              1",
        "web-services  math              1",
    ]


@pytest_twisted.ensureDeferred
async def test_programs_read_them_as_json(verb: Command, hub: Place) -> None:
    assert json.loads((await verb("groups", "-o", "json")).out) == [
        {"group": "plant", "services": ["math"], "instances": 1},
        {"group": "web-services", "services": ["math"], "instances": 1},
    ]
