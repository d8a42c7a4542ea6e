"""Fixtures of the attacks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.system.attacks.stage import Stage
from tests.system.conftest import StartProcess

Staged = Callable[..., Stage]


@pytest.fixture
def staged(process: StartProcess) -> Staged:
    """Make the stage of one attack; what is given are options of the hub."""
    return lambda *options, **keywords: Stage(process, *options, **keywords)
