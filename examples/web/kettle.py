"""A kettle: it reports how warm its water is, and takes a wish how warm it should be."""

from __future__ import annotations

from exchange import BadArguments, Service, method

ROOM = 20.0


class Kettle(Service):
    """Heats water."""

    name = "kettle"
    groups = ["web-services"]

    def __init__(self) -> None:
        self.wanted = ROOM
        self.warmth = ROOM

    def prepare(self) -> None:
        """Report what there is, and from now on every change."""
        self.report()
        self.call_every(1, self.pass_time)

    @method
    def heat(self, to: float) -> float:
        """Want the water to be so warm, in degrees; return how warm it is now."""
        if not ROOM <= to <= 100:
            raise BadArguments(f"a kettle holds water of {ROOM:g} to 100 degrees, not of {to:g}")
        self.wanted = to
        self.publish("wanted", to, lifetime=-1)
        return self.warmth

    def pass_time(self) -> None:
        """Let the water be a little nearer to what is wanted."""
        step = max(-5.0, min(5.0, self.wanted - self.warmth))
        if step:
            self.warmth += step
            self.report()

    def report(self) -> None:
        """Publish how warm it is, kept for those who look later."""
        self.publish("warmth", self.warmth, lifetime=-1)
