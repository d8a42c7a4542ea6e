"""The last hub: whether a process that has no link to a hub had one a moment ago, and so expects one again."""

from __future__ import annotations

from collections.abc import Callable

from exchange.routing.switch import Switch

RECENTLY = 10.0
"""Seconds for which a hub that was lost is expected back, or another in its place."""


class LastHub:
    """Notes when the last link to a hub went."""

    def __init__(self, switch: Switch, clock: Callable[[], float]) -> None:
        self._switch = switch
        self._clock = clock
        self._was_linked = False
        self._lost_at = -RECENTLY

    @property
    def is_missed(self) -> bool:
        """Whether no hub is linked, and one was in the last seconds; known also before we are told of the loss."""
        self.hubs_changed()
        return not self._switch.hubs and self._clock() - self._lost_at < RECENTLY

    def hubs_changed(self) -> None:
        """A hub was attached or lost."""
        was_linked, self._was_linked = self._was_linked, bool(self._switch.hubs)
        if was_linked and not self._was_linked:
            self._lost_at = self._clock()
