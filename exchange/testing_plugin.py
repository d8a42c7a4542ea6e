"""For pytest: the fixture `network`, exchanges joined in memory.

Write ``pytest_plugins = ["exchange.testing_plugin"]`` in ``conftest.py`` of your tests.
`exchange.testing` does not need pytest, and so this stands by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange.testing import Network


@pytest.fixture
def network() -> Iterator[Network]:
    """Exchanges joined in memory; at the end all are stopped, and nothing may be left."""
    network = Network()
    yield network
    network.close()
