"""Services that the stories call."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError, Deferred

from exchange import CallError, Service, method


class Math(Service):
    """Answers at once."""

    name = "math"
    groups = ["web-services"]

    @method
    def multiply(self, x: int, y: int) -> int:
        return x * y

    @method
    def divide(self, x: float, y: float) -> float:
        return x / y

    @method(name="add up")
    def total(self, first: int, *others: int, negate: bool = False) -> int:
        return (first + sum(others)) * (-1 if negate else 1)

    @method
    def echo(self, value: Any) -> Any:
        return value

    @method
    def unsuitable(self) -> Any:
        return {"clocks": [object()]}

    @method
    def refuse(self, number: int, delivered: bool | None = None) -> None:
        raise CallError("not on a Sunday", number=number, origin="the vicar", details="Ex 20:8", delivered=delivered)


class Sleepy(Service):
    """Answers when it is told to; keeps a Deferred for each call that runs."""

    name = "sleepy"

    def __init__(self) -> None:
        self.asleep: list[Deferred[Any]] = []
        self.cancelled = 0

    def _sleep(self) -> Deferred[Any]:
        sleeping: Deferred[Any] = Deferred(self._cancel)
        self.asleep.append(sleeping)
        return sleeping

    def _cancel(self, sleeping: Deferred[Any]) -> None:
        self.cancelled += 1

    @method
    def sleep(self) -> Deferred[Any]:
        return self._sleep()

    @method
    async def dream(self, of: str = "nothing") -> str:
        woken_by = await self._sleep()
        return f"dreamt of {of}, woken by {woken_by}"

    @method
    async def talk(self) -> None:
        try:
            await self._sleep()
        except CancelledError:
            raise ValueError("talks in its sleep") from None


class Passing(Service):
    """Passes its calls on to another service."""

    name = "passing"

    @method
    async def on(self, to: str, name: str, *args: Any, timeout: float = 30) -> Any:
        return await self.exchange.call(to, name, *args, timeout=timeout)
