"""Who takes part in the stories: a service that multiplies, a caller, and a list of what was told."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from exchange import netsvc


class Math(netsvc.Service):
    """What a test needs of a service."""

    def __init__(self, name: str = "math", audience: str = "*", visibility: int = netsvc.SERVICE_VISIBLE) -> None:
        netsvc.Service.__init__(self, name, audience, visibility)
        if visibility == netsvc.SERVICE_VISIBLE:
            self.joinGroup("web-services")
        self.begun: list[Any] = []
        self.owed: list[Deferred[Any]] = []
        for method in (self.multiply, self.bad, self.own, self.slow, self.leave, self.who):
            self.exportMethod(method)

    def multiply(self, x: Any, y: Any) -> Any:
        """Return the product."""
        self.begun.append((x, y))
        return x * y

    def bad(self) -> None:
        """Fail without meaning to."""
        raise ValueError("no such thing")

    def own(self) -> None:
        """Fail on purpose."""
        self.abortResponse(1, "Bad", "app", "why")

    def slow(self) -> Deferred[Any]:
        """Answer when the test says so."""
        self.owed.append(Deferred())
        return self.owed[-1]

    def leave(self) -> None:
        """End the process."""
        raise SystemExit(3)

    def who(self) -> str:
        """Return which service this is."""
        return self.agentIdentity()


class Told:
    """Callbacks that write down what they are told.

    Attributes:
        lines: What was told, one after another.
    """

    def __init__(self) -> None:
        self.lines: list[tuple[Any, ...]] = []

    def nothing(self) -> None:
        """A callback that wants nothing."""
        self.lines.append(())

    def one(self, first: Any) -> None:
        """A callback that wants one thing."""
        self.lines.append((first,))

    def two(self, first: Any, second: Any) -> None:
        """A callback that wants two things."""
        self.lines.append((first, second))

    def three(self, first: Any, second: Any, third: Any) -> None:
        """A callback that wants three things."""
        self.lines.append((first, second, third))

    def four(self, error: int, description: str, origin: str, details: str) -> None:
        """A callback that wants four things."""
        self.lines.append((error, description, origin, details))

    def five(self, id: str, error: int, description: str, origin: str, details: str) -> None:
        """A callback that wants five things."""
        self.lines.append((id, error, description, origin, details))
