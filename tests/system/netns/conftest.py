"""Fixtures of the stories of several hosts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.netns.bed import Bed, obstacle


@pytest.fixture(scope="session")
def can_make_hosts() -> None:
    """Skip what needs hosts where there can be none, with a sentence that says why."""
    why_not = obstacle()
    if why_not:
        pytest.skip(why_not)


@pytest.fixture
def bed(can_make_hosts: None, tmp_path: Path) -> Iterator[Bed]:
    """Hosts, each with a cable that can be cut; whatever becomes of the test, nothing of them is left."""
    made = Bed(tmp_path)
    try:
        yield made
    finally:
        made.close()
