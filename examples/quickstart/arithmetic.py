"""The service of the quickstart: `math`, shown to the web because it joins `web-services`."""

from __future__ import annotations

from exchange import Service, method


class Math(Service):
    """Arithmetic for whoever asks."""

    name = "math"
    groups = ["web-services"]

    @method
    def multiply(self, x: float, y: float) -> float:
        """Return the product of two numbers."""
        return x * y

    @method
    def add(self, x: float, y: float = 1) -> float:
        """Return the sum of two numbers, or the number after ``x``."""
        return x + y

    @method
    async def square(self, x: float) -> float:
        """Return the square of a number, by a call of its own to whichever `math` is free."""
        result: float = await self.exchange.call("math", "multiply", x, x)
        return result
