from __future__ import annotations

from typing import Any

import pytest

from exchange.netsvc.binding import Binding
from exchange.netsvc.notices import Report
from exchange.netsvc.process import Process
from exchange.netsvc.subscriptions import Subscriptions, Tell
from tests.netsvc.places import Seed
from tests.netsvc.site import Site


class Book:
    """Writes down what subscriptions tell."""

    def __init__(self) -> None:
        self.reports: list[Any] = []
        self.publishers: list[Any] = []

    def report(self, callback: Any, report: Report) -> None:
        """A report came."""
        self.reports.append((callback, report.content()))

    def publisher(self, binding: Binding, status: int) -> None:
        """A publisher came or went."""
        self.publishers.append((binding.serviceName(), status))


@pytest.fixture
def book() -> Book:
    """What was told."""
    return Book()


@pytest.fixture
def subscriptions(here: Process, book: Book) -> Subscriptions:
    """Those of nobody in particular."""
    return Subscriptions(here, Tell(book.report, book.publisher, lambda content: content))


def test_two_patterns_of_one_publisher_are_told_of_it_once(
    site: Site, here: Process, subscriptions: Subscriptions, book: Book
) -> None:
    Seed().publishReport("a", 1, -1)
    subscriptions.subscribe("SEED", "a")
    subscriptions.subscribe("SEED", "*")
    site.settle()
    assert book.publishers == [("SEED", 0)]
    assert book.reports == [(None, 1), (None, 1)]


def test_a_pattern_that_cannot_be_one_leaves_those_that_stand(
    site: Site, here: Process, subscriptions: Subscriptions, book: Book
) -> None:
    subscriptions.subscribe("SEED", "a")
    with pytest.raises(ValueError, match=r"."):
        subscriptions.subscribe("SEED", "*" * 2000)
    Seed().publishReport("a", 1)
    site.settle()
    assert (book.publishers, book.reports) == ([("SEED", 0)], [(None, 1)])


def test_after_the_end_nothing_is_told(site: Site, here: Process, subscriptions: Subscriptions, book: Book) -> None:
    subscriptions.subscribe("SEED", "a")
    subscriptions.accept(print, "SEED", "b")
    subscriptions.end()
    subscriptions.ignore("SEED")
    subscriptions.ignore("SEED", "a")
    Seed().publishReport("a", 1)
    site.settle()
    assert (book.publishers, book.reports) == ([], [])
