"""``exchange stub``."""

from __future__ import annotations

import pytest_twisted

from tests.app.cli.conftest import Command, Place


@pytest_twisted.ensureDeferred
async def test_the_stub_is_printed(verb: Command, hub: Place) -> None:
    ended = await verb("stub", "math")

    assert (ended.status, ended.err) == (0, "")
    assert "class Math(Protocol):" in ended.lines
    assert "    def multiply(self, x: int, y: int = 1) -> Deferred[int]:" in ended.lines
    compile(ended.out, "stub", "exec")


@pytest_twisted.ensureDeferred
async def test_style_and_name_may_be_chosen(verb: Command, hub: Place) -> None:
    ended = await verb("stub", "math", "--style", "await", "--class", "Sums")

    assert "class Sums(Protocol):" in ended.lines
    assert "    async def multiply(self, x: int, y: int = 1) -> int:" in ended.lines


@pytest_twisted.ensureDeferred
async def test_of_a_service_that_is_not_there_is_status_3(verb: Command, hub: Place) -> None:
    ended = await verb("stub", "maths")

    assert (ended.status, ended.out) == (3, "")
    assert ended.err.startswith("exchange stub: no service named 'maths'")
    assert (await verb("stub", "math", "--class", "1")).status == 2
