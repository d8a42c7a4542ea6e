"""Runs services as ``exchange serve`` asks for; imported only once there is something to do."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twisted.logger import ILogObserver, LogEvent, LogLevel, globalLogPublisher
from zope.interface import implementer

from exchange.app import console
from exchange.app.cli.status import Status
from exchange.app.cli.working import Work, do
from exchange.app.loading import load_service, search_in
from exchange.errors import ConfigurationError
from exchange.services.link_change import LinkChange
from exchange.services.service import Service

TOLD_ANYWAY = LogLevel.critical
"""What is as grave as this, Twisted itself writes to standard error while nobody has said where logs go."""


def serve(options: argparse.Namespace) -> Status:
    """Serve until it is enough, and return the exit status."""
    return do("serve", options, _serve, linked=False)


async def _serve(work: Work) -> None:
    search_in([Path.cwd()])
    services = [_added(work, path) for path in work.options.classes]
    names = " and ".join(sorted({service.name for service in services}))
    is_over: list[bool] = []

    def changed(change: LinkChange) -> None:
        if change.is_open:
            work.output.say(f"serving {names} at {work.hub}, {change.there}")
        elif not is_over:
            work.output.say(f"the link with the hub at {change.there} is closed")

    with _warnings_shown():
        work.exchange.startService()
        work.exchange.watch_links(changed)
        try:
            await work.stay(work.options.seconds)
        finally:
            is_over.append(True)


def _added(work: Work, path: str) -> Service:
    service = load_service(path)
    if work.options.name is not None:
        service.name = work.options.name
    if not service.name:
        raise ConfigurationError(f"{path}: it has no name; give it one by --name, or its class")
    try:
        work.exchange.add(service)
    except ValueError as error:
        raise ConfigurationError(f"{path}: {error}") from None
    return service


@contextmanager
def _warnings_shown() -> Iterator[None]:
    """Show on standard error what is logged as a warning or an error."""
    observer = _Told()
    globalLogPublisher.addObserver(observer)
    try:
        yield
    finally:
        globalLogPublisher.removeObserver(observer)


@implementer(ILogObserver)
class _Told:
    """Writes what Twisted does not."""

    def __init__(self) -> None:
        self._tell = console.observer()

    def __call__(self, event: LogEvent) -> None:
        if event.get("log_level") is not TOLD_ANYWAY:
            self._tell(event)
