"""A presence is an instance as a watch shows it; a change is what became of one."""

from __future__ import annotations

from typing import Any, NamedTuple

from exchange.routing.registry import Instance
from exchange.wire.identities import ID_SIZE, Id, maker_of, readable

SUBJECT_PREFIX = "instance."


class Presence(NamedTuple):
    """One running service, as far as others may know it.

    Attributes:
        groups: The service groups that it is in.
        digest: Of its description; another one, when what it offers has changed.
        principal: Who its exchange has proved to be, if anybody.
        suspected: Whether the exchange behind which it is has owed a sign of life for long. It
            is there still; it will go, or be suspected no more.
        path: The exchange groups that it has come through, by bridges; empty where it lives.
    """

    id: Id
    name: str
    groups: tuple[str, ...]
    audience: str
    digest: bytes
    principal: str | None
    suspected: bool = False
    path: tuple[str, ...] = ()

    @property
    def identity(self) -> bytes:
        """The identity of the exchange that it lives in."""
        return maker_of(self.id)

    def __str__(self) -> str:
        return f"{self.name} ({readable(self.id)})"


class PresenceChange(NamedTuple):
    """What became of an instance.

    Attributes:
        kind: ``"came"``, ``"went"`` or ``"changed"``.
        instance: What is announced of it now; of one that went, the last.
        reason: Of one that went: ``"withdrawn"`` by its owner; ``"lost"`` with its link, so
            that it may come back with the same id; ``"drained"``, its process left in good
            order; ``"left"`` the group that is watched. Else empty.
    """

    kind: str
    instance: Presence
    reason: str = ""


def presence_of(instance: Instance) -> Presence:
    """Return how an instance of the registry is shown."""
    name, groups, audience, digest, principal, path = instance.about
    return Presence(instance.id, name, groups, audience, digest, principal, instance.suspected, path)


def content_of(presence: Presence) -> dict[str, Any]:
    """Return what `$exchange` reports of an instance; its subject has the id."""
    content: dict[str, Any] = {
        "name": presence.name,
        "groups": list(presence.groups),
        "audience": presence.audience,
        "digest": presence.digest,
        "principal": presence.principal,
    }
    if presence.path:
        content["path"] = list(presence.path)
    if presence.suspected:
        content["suspected"] = True
    return content


def subject_of(thing: bytes) -> str:
    """Return the subject of the reports about an instance."""
    return SUBJECT_PREFIX + thing.hex()


def presence_from(subject: str, content: Any) -> Presence | None:
    """Return what a report of `$exchange` says is there; ``None`` if it went.

    Raises:
        ValueError: The report is not what it must be.
    """
    thing = thing_from(subject)
    if not isinstance(content, dict) or "name" not in content:
        return None
    name, groups, audience = content["name"], content.get("groups", []), content.get("audience", "*")
    digest, principal, suspected = content.get("digest", b""), content.get("principal"), content.get("suspected", False)
    path = content.get("path", [])
    texts = [name, audience, *groups, *path, *([] if principal is None else [principal])]
    typed = type(groups) is type(path) is list and type(digest) is bytes and type(suspected) is bool
    if not typed or not all(type(text) is str for text in texts):
        raise ValueError(f"the report on {subject} is not what it must be")
    return Presence(thing, name, tuple(groups), audience, digest, principal, suspected, tuple(path))


def thing_from(subject: str) -> Id:
    """Return the id of the instance that a report is about; raises `ValueError` if there is none in it."""
    prefix, thing = subject[: len(SUBJECT_PREFIX)], subject[len(SUBJECT_PREFIX) :]
    if prefix != SUBJECT_PREFIX or len(thing) != 2 * ID_SIZE:
        raise ValueError(f"'{subject}' is no subject about an instance")
    return Id(bytes.fromhex(thing))
