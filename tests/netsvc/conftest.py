"""Fixtures of the tests of netsvc: processes in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange import netsvc
from exchange.netsvc.process import Process, standing_in
from tests.logbook import Logbook
from tests.netsvc.site import Site
from tests.netsvc.stories import Told


@pytest.fixture
def site(logbook: Logbook) -> Iterator[Site]:
    """Where processes are; at the end all of them are closed."""
    site = Site()
    yield site
    site.end()


@pytest.fixture
def here(site: Site) -> Iterator[Process]:
    """The process in which the test makes its objects."""
    with standing_in(site.process()) as process:
        yield process


@pytest.fixture
def caller(here: Process) -> netsvc.Service:
    """A service without a name, that calls others."""
    return netsvc.Service()


@pytest.fixture
def told() -> Told:
    """What callbacks were told."""
    return Told()
