"""What towncrier would write if a release were made now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def unreleased(_: str) -> str:
    """Return the changes since the last release, as Markdown."""
    told = subprocess.run(
        [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "not released yet", "--date", "now"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return told.stdout.replace("## not released yet (now)", "## Not released yet")
