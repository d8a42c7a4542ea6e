"""A service for the story of a blocked process: its method waits in the reactor's thread, as none should."""

from __future__ import annotations

import time
from pathlib import Path

from exchange import Service, method


class Stubborn(Service):
    """Blocks until a file is there."""

    name = "stubborn"

    @method
    def block(self, file: str) -> str:
        """Let nothing else happen in this process until somebody makes a file."""
        while not Path(file).exists():
            time.sleep(0.02)
        return "went on"

    @method
    def answer(self) -> int:
        """Return the answer."""
        return 42
