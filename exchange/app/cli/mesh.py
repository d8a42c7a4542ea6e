"""Asks the hubs of a mesh about themselves: the one that the command is linked with, and through it all others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred

from exchange.app.cli.working import Work, text_of
from exchange.errors import CallError, ServiceUnavailable
from exchange.routing.interest import BUILT_IN
from exchange.wire.identities import IDENTITY_SIZE, Identity, make_id

Answer = dict[str, Any]


class HubRow(NamedTuple):
    """A hub, as another tells of it.

    Attributes:
        told: The row that tells of it, or its own overview.
        is_own: Whether it is the one that the command is linked with.
    """

    name: str
    id: str
    identity: bytes
    told: Answer
    is_own: bool = False

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or self.id

    @property
    def address(self) -> str | bytes:
        """Where its `$exchange` is called; the own one needs no id."""
        return BUILT_IN if self.is_own else make_id(Identity(self.identity), 0)


class HubAnswer(NamedTuple):
    """What a hub answered, or why it did not."""

    hub: HubRow
    answer: Answer
    error: str = ""


async def hubs_of(work: Work) -> list[HubRow]:
    """Return the hubs of the mesh, the one that we are linked with first.

    Raises:
        CallError: It does not tell.
    """
    own = _checked(await work.call(BUILT_IN, "overview"))
    others = [row for row in own.get("hubs", ()) if isinstance(row, dict)]
    rows = [_row(own, is_own=True), *(_row(other) for other in others)]
    return list({row.identity: row for row in reversed(rows)}.values())[::-1]


async def ask(work: Work, hubs: Iterable[HubRow], method: str, *args: Any) -> list[HubAnswer]:
    """Ask hubs, all at once; what one does not answer is told of it. The own one must answer."""
    asked = [Deferred.fromCoroutine(_ask_one(work, hub, method, args)) for hub in hubs]
    return [await each for each in asked]


async def ask_own(work: Work, method: str, *args: Any) -> Answer:
    """Ask the hub that we are linked with."""
    return _checked(await work.call(BUILT_IN, method, *args))


def find_hub(hubs: Sequence[HubRow], text: str) -> HubRow:
    """Return the hub of this name, or whose id begins so.

    Raises:
        ServiceUnavailable: There is none, or more than one.
    """
    found = [hub for hub in hubs if text and text in (hub.name, hub.id)]
    found = found or [hub for hub in hubs if text and hub.id.startswith(text)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"{hub.name} ({hub.id})" if hub.name else hub.id for hub in found or hubs)
    if found:
        raise ServiceUnavailable(f"several hubs are meant by '{text}': {there}; name one by its id", delivered=False)
    raise ServiceUnavailable(f"there is no hub '{text}' here; there is {there}", delivered=False)


async def _ask_one(work: Work, hub: HubRow, method: str, args: tuple[Any, ...]) -> HubAnswer:
    try:
        return HubAnswer(hub, _checked(await work.call(hub.address, method, *args)))
    except CallError as error:
        if hub.is_own:
            raise
        return HubAnswer(hub, {}, text_of(error))


def _row(told: Answer, *, is_own: bool = False) -> HubRow:
    identity = told.get("identity", b"")
    if not isinstance(identity, bytes) or len(identity) != IDENTITY_SIZE:
        raise CallError("the hub tells of hubs in a way that this command does not understand", delivered=True)
    return HubRow(str(told.get("name") or ""), str(told.get("id") or ""), identity, told, is_own)


def _checked(answer: Any) -> Answer:
    if not isinstance(answer, dict):
        raise CallError("the hub answers in a way that this command does not understand", delivered=True)
    return answer


def rows_of(answer: Answer) -> list[dict[str, Any]]:
    """Return the rows of an answer."""
    return [row for row in answer.get("rows", ()) if isinstance(row, dict)]


def left_out(answer: Answer) -> int:
    """Return how many rows there were more than the answer has."""
    count = answer.get("count", 0)
    return max(0, count - len(rows_of(answer))) if isinstance(count, int) else 0
