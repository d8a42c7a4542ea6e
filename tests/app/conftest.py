"""Fixtures of the tests of the application layer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.app.planning import SITE


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no setting of whoever runs the tests get into them."""
    for name in [name for name in os.environ if name.startswith("EXCHANGE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def site(tmp_path: Path) -> str:
    """A configuration file with a hub, two services and two gateways."""
    file = tmp_path / "site.toml"
    file.write_text(SITE)
    return str(file)
