"""How-tos that are carried out from their first line to their last, and have no tests of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.howto import Howto

pytestmark = pytest.mark.system


@pytest.mark.parametrize(
    ("page", "commands"),
    [
        ("../index.md", 2),
        ("install.md", 3),
        ("who-calls-whom.md", 10),
        ("shell.md", 5),
        ("command-line.md", 18),
        ("configuration.md", 6),
        ("monitoring.md", 4),
        ("logging.md", 1),
        ("page.md", 2),
    ],
)
def test_every_file_command_and_answer_is_as_it_says(
    page: str, commands: int, process: StartProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    howto = Howto(page, process, tmp_path)

    howto.carry_out()

    assert howto.ran == commands
    assert howto.left == []
