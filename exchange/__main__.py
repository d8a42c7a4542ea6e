"""``python -m exchange``: the same as the `exchange` command."""

from __future__ import annotations

import sys

from exchange.app.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
