"""Which exit status tells of which error."""

from __future__ import annotations

import pytest

from exchange.app.cli.status import NoHub, Status, status_of
from exchange.errors import (
    BadArguments,
    CallError,
    CallRefused,
    CallTimeout,
    ConfigurationError,
    LinkLost,
    MethodUnavailable,
    Overloaded,
    RemoteError,
    ServiceUnavailable,
    ServiceWithdrawn,
    UnsuitableValue,
    WayGone,
)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RemoteError("boom", delivered=True), 1),
        (CallError("no stock", number=100, delivered=True), 1),
        (BadArguments("two wanted", delivered=False), 1),
        (Overloaded("full", delivered=False), 1),
        (UnsuitableValue("args[0]", delivered=False), 1),
        (ConfigurationError("no"), 2),
        (ServiceUnavailable("nobody", delivered=False), 3),
        (WayGone("gone", delivered=False), 3),
        (MethodUnavailable("no such method", delivered=False), 3),
        (CallTimeout("late", delivered=None), 4),
        (NoHub("nobody listens there"), 5),
        (CallRefused("not you", delivered=False), 6),
        (LinkLost("gone", delivered=None), 7),
        (ServiceWithdrawn("gone", delivered=None), 7),
    ],
)
def test_each_error_has_the_status_that_scripts_expect(error: Exception, status: int) -> None:
    assert status_of(error) == status


def test_what_is_certain_of_the_call_decides_not_the_class_of_the_error() -> None:
    assert status_of(LinkLost("left cleanly", delivered=False)) == Status.FAILED
    assert status_of(RemoteError("unknown", delivered=None)) == Status.UNKNOWN
