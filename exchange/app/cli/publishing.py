"""Publishes as ``exchange publish`` asks for; imported only once there is something to do."""

from __future__ import annotations

import argparse
import sys
from threading import Thread
from typing import Any

from twisted.internet.defer import DeferredQueue
from twisted.internet.task import deferLater

from exchange.app.cli.status import Status
from exchange.app.cli.values import argument
from exchange.app.cli.working import Work, do
from exchange.errors import ConfigurationError
from exchange.routing.interest import BUILT_IN
from exchange.routing.patterns import matches
from exchange.services.service import PING, Service

LOOK = 0.02
"""Seconds between two looks for a first subscriber."""


class Voice(Service):
    """Publishes what a person says."""

    def __init__(self, name: str) -> None:
        self.name = name


def publish(options: argparse.Namespace) -> Status:
    """Publish, and return the exit status."""
    return do("publish", options, _publish)


async def _publish(work: Work) -> None:
    options = work.options
    voice = Voice(options.service)
    try:
        work.exchange.add(voice)
        await work.call(BUILT_IN, PING)  # behind our announcement: the subscriptions of its own peers have come now
        await _wait_for_subscriber(work, voice)
        if options.value == "-":
            await _publish_lines(work, voice)
        else:
            await _publish_often(work, voice, argument(options.value))
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    stays = options.lifetime if options.seconds is None else options.seconds
    if stays != 0:
        await work.stay(None if stays < 0 else stays)


async def _wait_for_subscriber(work: Work, voice: Voice) -> None:
    while work.wait and not any(matches(each.pattern, work.options.subject) for each in voice.subscribers()):
        await deferLater(work.reactor, LOOK)
        work.check()


async def _publish_often(work: Work, voice: Voice, value: Any) -> None:
    for number in range(work.options.count):
        if number:
            await work.stay(work.options.interval)
        await _publish_one(work, voice, value)


async def _publish_lines(work: Work, voice: Voice) -> None:
    """Publish each line of standard input, as it comes; it may be of a terminal, a pipe or a file."""
    lines: DeferredQueue[str] = DeferredQueue()

    def read() -> None:
        for line in sys.stdin:
            work.reactor.callFromThread(lines.put, line)
        work.reactor.callFromThread(lines.put, "")

    Thread(target=read, daemon=True).start()
    while line := await lines.get():
        await _publish_one(work, voice, argument(line.rstrip("\r\n")))


async def _publish_one(work: Work, voice: Voice, value: Any) -> None:
    subject, lifetime = work.options.subject, work.options.lifetime
    heard = sum(matches(each.pattern, subject) for each in voice.subscribers())
    await voice.publish(subject, value, lifetime)
    whom = f"{heard} {'subscription' if heard == 1 else 'subscriptions'}" if heard else "nobody: no one subscribes"
    if not work.options.quiet:
        work.output.say(f"published {subject} to {whom}{'; it is kept' if lifetime else ''}")
