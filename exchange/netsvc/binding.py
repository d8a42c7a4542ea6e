"""A binding: one running service, as this process knows it."""

from __future__ import annotations

from exchange import Exchange, Presence

SERVICE_LOCAL = 0
SERVICE_REMOTE = 1


class Binding:
    """One running service. It does not change, and is equal to another of the same service.

    A service is named by its id, which is the same for all who see it and as long as
    it lives; the way to it may change.

    Args:
        through: The exchange by which it is reached.
        instance: What is known of it there.
        known_as: If it is one of this process: the id under which others know it.
    """

    def __init__(self, through: Exchange, instance: Presence, known_as: bytes | None = None) -> None:
        self.through = through
        self.instance = instance
        self.is_local = known_as is not None
        self._id = known_as or instance.id

    def serviceName(self) -> str:
        """Return its name."""
        return self.instance.name

    def serviceAudience(self) -> str:
        """Return how far it is known."""
        return self.instance.audience

    def serviceAddress(self) -> str:
        """Return its id as text."""
        return self._id.hex()

    def agentIdentity(self) -> str:
        """Return its id as text."""
        return self._id.hex()

    def processIdentity(self) -> str:
        """Return the identity of the exchange in which it lives, as text."""
        return self._id[: len(self.instance.identity)].hex()

    def networkGroup(self) -> str:
        """Return the exchange group by which it is reached; empty for one of this process."""
        return self.through.group

    def serviceLocation(self) -> int:
        """Return SERVICE_LOCAL or SERVICE_REMOTE."""
        return SERVICE_LOCAL if self.is_local else SERVICE_REMOTE

    def is_at(self, address: str) -> bool:
        """Tell whether it has, or had before this process had an exchange, this address."""
        return address in (self._id.hex(), self.instance.id.hex())

    def receiverName(self) -> str:
        """Return its id as text."""
        return self._id.hex()

    def agentAddress(self) -> str:
        """Return its id as text."""
        return self._id.hex()

    def processAddress(self) -> str:
        """Return the identity of the exchange in which it lives, as text."""
        return self.processIdentity()

    def __lt__(self, other: Binding) -> bool:
        return self.serviceAddress() < other.serviceAddress()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Binding) and other.instance.id == self.instance.id

    def __hash__(self) -> int:
        return hash(self.instance.id)

    def __repr__(self) -> str:
        return f"<binding {self.instance}>"
