"""Publishes as ``exchange publish`` asks for; imported only once there is something to do."""

from __future__ import annotations

import argparse
import sys
from threading import Thread
from typing import Any

from twisted.internet.defer import DeferredQueue
from twisted.internet.task import deferLater

from exchange.app.cli.columns import Field
from exchange.app.cli.status import Status
from exchange.app.cli.values import argument
from exchange.app.cli.working import Work, do
from exchange.errors import ConfigurationError
from exchange.routing.interest import BUILT_IN
from exchange.routing.patterns import matches
from exchange.services.service import PING, Service
from exchange.wire.identities import readable

FIELDS = (
    *(Field("service"), Field("instance"), Field("subject"), Field("value")),
    *(Field("lifetime"), Field("subscriptions")),
)
"""Of a row for each report; its lifetime is below 0 if it is kept for ever."""

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
        speaker = Speaker(work, voice)
        if options.value == "-":
            await _publish_lines(work, speaker)
        else:
            await _publish_often(work, speaker, argument(options.value))
        speaker.end()
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    stays = options.lifetime if options.seconds is None else options.seconds
    if stays != 0:
        await work.stay(None if stays < 0 else stays)


async def _wait_for_subscriber(work: Work, voice: Voice) -> None:
    while work.wait and not any(matches(each.pattern, work.options.subject) for each in voice.subscribers()):
        await deferLater(work.reactor, LOOK)
        work.check()


async def _publish_often(work: Work, speaker: Speaker, value: Any) -> None:
    for number in range(work.options.count):
        if number:
            await work.stay(work.options.interval)
        await speaker.publish(value)


async def _publish_lines(work: Work, speaker: Speaker) -> None:
    """Publish each line of standard input, as it comes; it may be of a terminal, a pipe or a file."""
    lines: DeferredQueue[str] = DeferredQueue()

    def read() -> None:
        for line in sys.stdin:
            work.reactor.callFromThread(lines.put, line)
        work.reactor.callFromThread(lines.put, "")

    Thread(target=read, daemon=True).start()
    while line := await lines.get():
        await speaker.publish(argument(line.rstrip("\r\n")))


class Speaker:
    """Publishes for a service, and tells of each report."""

    def __init__(self, work: Work, voice: Voice) -> None:
        self._output = work.output
        self._options = work.options
        self._voice = voice
        self._about = {"service": voice.name, "instance": readable(work.exchange.id_of(voice))}
        is_told = not (self._output.is_for_people or self._options.quiet)
        self._stream = self._output.stream(FIELDS) if is_told else None

    async def publish(self, value: Any) -> None:
        """Publish a value on the subject that was asked for; return when it has left us."""
        subject, lifetime = self._options.subject, self._options.lifetime
        heard = sum(matches(each.pattern, subject) for each in self._voice.subscribers())
        await self._voice.publish(subject, value, lifetime)
        whom = f"{heard} {'subscription' if heard == 1 else 'subscriptions'}" if heard else "nobody: no one subscribes"
        if self._stream:
            said = {"subject": subject, "value": value, "lifetime": lifetime, "subscriptions": heard}
            self._stream.row({**self._about, **said})
        elif not self._options.quiet:
            self._output.say(f"published {subject} to {whom}{'; it is kept' if lifetime else ''}")

    def end(self) -> None:
        """Publish no more."""
        if self._stream:
            self._stream.end()
