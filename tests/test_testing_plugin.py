"""The fixture for users, in a project of theirs: what the guide shows, run by pytest as they run it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs" / "howto" / "testing.md"
CONFTEST = "# conftest.py\n"


def programs() -> list[str]:
    """Return what the guide shows."""
    return re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def project(folder: Path, tests: str) -> str:
    """Make a project with the conftest of the guide and these tests; return what pytest says of it."""
    (conftest,) = (program for program in programs() if program.startswith(CONFTEST))
    (folder / "conftest.py").write_text(conftest, encoding="utf-8")
    (folder / "test_services.py").write_text(tests, encoding="utf-8")
    argv = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


def test_the_programs_of_the_guide_run(tmp_path: Path) -> None:
    shown = [program for program in programs() if not program.startswith(CONFTEST)]
    said = project(tmp_path, "\n\n".join(shown))

    assert "6 passed" in said, said


def test_what_a_test_leaves_behind_is_an_error(tmp_path: Path) -> None:
    said = project(tmp_path, "def test_a_timer_is_left(network):\n    network.clock.callLater(5, print)\n")

    assert "timers are left" in said, said
    assert "1 passed, 1 error" in said, said


def test_the_network_for_tests_needs_no_pytest() -> None:
    script = "import sys, exchange.testing; exchange.testing.Network(); print('pytest' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)

    assert run.stdout == "False\n"
