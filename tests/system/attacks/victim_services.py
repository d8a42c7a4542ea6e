"""The service of the victims: it answers at once, and tells when it is asked to."""

from __future__ import annotations

from exchange import Service, method


class Victim(Service):
    """What those call who are to notice nothing."""

    name = "victim"
    groups = ["web-services"]

    @method
    def multiply(self, a: int, b: int) -> int:
        return a * b

    @method
    def much(self, size: int) -> bytes:
        return bytes(size)

    @method
    def tell(self, subject: str, size: int = 0) -> None:
        self.publish(subject, bytes(size), 0)
