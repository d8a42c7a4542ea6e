"""One measured process whose links uvloop carries: ``python -m tests.bench.driven MODULE ROLE [PORT]``."""

from __future__ import annotations

from exchange.app.driver import choose_driver

choose_driver("the bench", None)

from tests.bench import part as part  # noqa: E402 - it imports the reactor, and runs it
