"""The directory of a simulated hub, and the pictures that its subscribers make of it (R11).

A report says its number among all of this directory, which picture it is part of (0:
of none), and what is announced of the instance, or null when it went. An empty
subject ends a picture; then what was not in it, and has no later report, is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from json import dumps, loads
from typing import Any

from exchange.routing.interest import BUILT_IN
from exchange.routing.registry import Change, Happening, Instance, Registry
from exchange.wire.frames import Frame, body_of, encode
from exchange.wire.identities import Identity, make_id
from exchange.wire.layouts import Kind


class Directory:
    """Tells the registry of one hub to those who subscribed.

    Attributes:
        subscribers: The ids of their subscriptions.
    """

    def __init__(
        self,
        identity: Identity,
        registry: Registry,
        send: Callable[[Frame], None],
        shows: Callable[[Instance], bool] = lambda instance: True,
    ) -> None:
        self._shows = shows
        self.subscribers: dict[bytes, None] = {}
        self._id = make_id(identity, 0)
        self._registry = registry
        self._send = send
        self._number = 0
        self._pictures = 0

    def subscribe(self, frame: Frame) -> None:
        """Show a subscriber the whole picture."""
        self.subscribers[frame[1]] = None
        self._pictures += 1
        for instance in filter(self._shows, list(self._registry)):
            self._report(frame[1], instance.id.hex(), self._pictures, shown(instance))
        self._report(frame[1], "", self._pictures, None)

    def unsubscribe(self, frame: Frame) -> None:
        """Tell a subscriber no more."""
        self.subscribers.pop(frame[1], None)

    def changed(self, change: Change) -> None:
        """Tell everybody of a change."""
        self._number += 1
        is_there = change.happening is not Happening.WENT and self._shows(change.instance)
        content = shown(change.instance) if is_there else None
        for subscriber in list(self.subscribers):
            self._report(subscriber, change.instance.id.hex(), 0, content)

    def _report(self, to: bytes, subject: str, picture: int, content: Any) -> None:
        body = dumps([self._number, picture, content]).encode()
        self._send(encode(Kind.REPORT, self._id, (BUILT_IN, subject, to, picture > 0, subject != ""), body))


class Picture:
    """What one subscriber knows of one hub.

    Attributes:
        known: What is announced of each instance, by the id in hexadecimal.
        is_whole: Whether a picture was shown completely.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Nothing is known."""
        self.known: dict[str, Any] = {}
        self.is_whole = False
        self._number = 0
        self._numbers: dict[str, int] = {}
        self._shown: dict[int, set[str]] = {}

    def report(self, frame: Frame) -> None:
        """Take one report."""
        subject = frame[2][1]
        number, picture, content = loads(bytes(body_of(frame[3])))
        if not subject:
            self._complete(number, self._shown.pop(picture, set()))
            return
        if picture:
            self._shown.setdefault(picture, set()).add(subject)
        if number < max(self._number, self._numbers.get(subject, 0)):
            return
        self._numbers[subject] = number
        if content is None:
            self.known.pop(subject, None)
        else:
            self.known[subject] = content

    def _complete(self, number: int, named: set[str]) -> None:
        self.is_whole = True
        self._number = max(self._number, number)
        for subject in list(self.known):
            if subject not in named and self._numbers[subject] <= number:
                del self.known[subject]


def shown(instance: Instance) -> list[Any]:
    """Return what a report says of an instance."""
    about = instance.about
    return [about.name, list(about.groups), about.audience, list(about.path)]
