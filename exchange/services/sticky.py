"""Sticky choice: the same instance of a name for as long as it is there."""

from __future__ import annotations

from exchange.services.picture import Picture
from exchange.wire.identities import Id


class Sticky:
    """Chooses the instance that was seen first, and another only when it is gone."""

    def __init__(self, picture: Picture, name: str) -> None:
        self._picture = picture
        self._name = name
        self._chosen: Id | None = None
        picture.begin()

    def choose(self) -> str | Id:
        """Return the id of the instance; the name, while none is known."""
        there = [presence.id for presence in self._picture.instances() if presence.name == self._name]
        if self._chosen not in there:
            self._chosen = there[0] if there else None
        return self._chosen or self._name
