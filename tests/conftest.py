"""What all tests share: how hypothesis looks for examples, and exchanges joined in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from twisted.internet.task import Clock
from twisted.logger import globalLogPublisher

from exchange.testing import Network
from tests.logbook import Logbook

pytest_plugins = ["exchange.testing_plugin"]

# The machine may be busy with other things, so no example is judged by its time. The
# same examples are tried each time, so that a failure is always about the change at hand;
# HYPOTHESIS_PROFILE=search looks for new ones.
settings.register_profile(
    "usual", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "search", deadline=None, max_examples=5_000, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let transcripts be written anew."""
    text = "write the transcripts in tests/transcripts anew; read the difference before you commit it"
    parser.addoption("--rewrite-transcripts", action="store_true", help=text)


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until the test lets time pass."""
    return Clock()


@pytest.fixture
def logbook() -> Iterator[Logbook]:
    """What was logged during the test; failures that nobody looked at fail the test."""
    book = Logbook()
    globalLogPublisher.addObserver(book)
    yield book
    globalLogPublisher.removeObserver(book)
    assert book.failures() == [], "failures were logged that nobody expected"


@pytest.fixture
def network(logbook: Logbook, network: Network) -> Network:
    """The fixture that users have, with a logbook that outlives it."""
    return network
