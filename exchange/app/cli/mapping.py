"""The map of a mesh: who calls and who subscribes to what, put together from what each hub has counted.

Each hub counts its own callers, so nothing is counted twice. Processes that offer the
same services as the same principal are one party; of others, each is its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from exchange.app.cli.mesh import HubAnswer, HubRow, rows_of
from exchange.routing.interest import BUILT_IN

Row = dict[str, Any]

REST = ""
"""The name under which a hub counts what is too much to be told apart."""


class Party(NamedTuple):
    """Who calls or subscribes.

    Attributes:
        offers: The services that it offers itself, by which people know it best.
        id: Of the one process that it is, if nothing else is known of it.
    """

    offers: tuple[str, ...]
    principal: str
    id: str

    @property
    def title(self) -> str:
        """What people call it."""
        what = ", ".join(self.offers) or self.id
        if self.principal:
            return f"{what} as {self.principal}" if what else self.principal
        return what or "somebody who is gone"


@dataclass
class Traffic:
    """The calls of one party to one service.

    Attributes:
        seconds: How long all answers took together.
        last: When the last call came, in seconds since 1970.
        processes: The ids of those who called.
        rate: Calls in a second just now, if that was looked at.
    """

    calls: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    last: float = 0.0
    processes: set[str] = field(default_factory=set)
    rate: float | None = None

    @property
    def failed(self) -> int:
        """How many calls had no result."""
        return sum(self.failures.values())

    @property
    def mean(self) -> float | None:
        """Seconds that an answer took, on average."""
        return self.seconds / self.calls if self.calls else None


@dataclass
class Hearing:
    """The subscriptions of one party to one service."""

    patterns: set[str] = field(default_factory=set)
    processes: set[str] = field(default_factory=set)


@dataclass
class Map:
    """What is known of a mesh.

    Attributes:
        ways: Pairs of hubs that are linked, by their titles.
        instances: By the names of the services.
        watching: How many processes watch who comes and goes.
        silent: Why hubs told nothing, by their titles.
    """

    hubs: list[HubRow] = field(default_factory=list)
    ways: set[tuple[str, str]] = field(default_factory=set)
    instances: dict[str, list[Row]] = field(default_factory=dict)
    calls: dict[tuple[Party, str], Traffic] = field(default_factory=dict)
    hearings: dict[tuple[Party, str], Hearing] = field(default_factory=dict)
    watching: set[str] = field(default_factory=set)
    silent: dict[str, str] = field(default_factory=dict)

    def services(self) -> list[str]:
        """Return all names that somebody offers, calls or subscribes to."""
        named = {*self.instances, *(name for _, name in self.calls), *(name for _, name in self.hearings)}
        return sorted(named)

    def callers(self, service: str) -> list[tuple[Party, Traffic]]:
        """Return who calls a service, who does most at first."""
        found = [(party, traffic) for (party, name), traffic in self.calls.items() if name == service]
        return sorted(found, key=lambda each: (-each[1].calls, each[0]))

    def hearers(self, service: str) -> list[tuple[Party, Hearing]]:
        """Return who subscribes to the reports of a service."""
        found = ((party, hearing) for (party, name), hearing in self.hearings.items() if name == service)
        return sorted(found, key=lambda each: each[0])

    def add_hubs(self, answers: Sequence[HubAnswer]) -> None:
        """Take in what hubs told of themselves."""
        for answer in answers:
            self.hubs.append(answer.hub)
            self._note_silence(answer)
            for other in answer.answer.get("hubs", ()):
                ends = sorted((answer.hub.title, str(other.get("name") or other.get("id"))))
                self.ways.add((ends[0], ends[1]))

    def add_instances(self, rows: Iterable[Row], hub: HubRow) -> None:
        """Take in the instances that a hub knows, and at which hub each is; after the hubs."""
        titles = {f"hub {each.name} ({each.id})": f"hub {each.name}" for each in self.hubs if each.name}
        for row in rows:
            if isinstance(row.get("name"), str) and row["name"] != BUILT_IN:
                at = str(row.get("at") or "")
                at = f"hub {hub.title}" if row.get("here") or not at else titles.get(at, at)
                self.instances.setdefault(row["name"], []).append(row | {"at": at})

    def add_usage(self, answers: Sequence[HubAnswer]) -> None:
        """Take in who called what at each hub."""
        for answer in answers:
            self._note_silence(answer)
            for row in rows_of(answer.answer):
                if row.get("service") == BUILT_IN:
                    continue
                key = _party(row, "caller"), str(row.get("service"))
                _count(self.calls.setdefault(key, Traffic()), row)

    def add_subscriptions(self, answers: Sequence[HubAnswer]) -> None:
        """Take in who subscribes to what; what two hubs tell is one and the same."""
        for answer in answers:
            self._note_silence(answer)
            for row in rows_of(answer.answer):
                party, who = _party(row, "subscriber"), str(row.get("subscriber"))
                if row.get("service") == BUILT_IN:
                    self.watching.add(who)
                    continue
                hearing = self.hearings.setdefault((party, str(row.get("service"))), Hearing())
                hearing.patterns.add(str(row.get("pattern")))
                hearing.processes.add(who)

    def add_rates(self, before: Map, seconds: float) -> None:
        """Note how many calls a second there were since ``before`` was looked at."""
        for key, traffic in self.calls.items():
            earlier = before.calls[key].calls if key in before.calls else 0
            traffic.rate = max(0, traffic.calls - earlier) / seconds

    def _note_silence(self, answer: HubAnswer) -> None:
        if answer.error:
            self.silent[answer.hub.title] = answer.error


def as_plain(found: Map) -> Row:
    """Return a map as programs read it."""
    return {
        "hubs": [{"name": hub.name, "id": hub.id, "error": found.silent.get(hub.title)} for hub in found.hubs],
        "links": [list(way) for way in sorted(found.ways)],
        "services": [
            {"name": name, "instances": [_instance(row) for row in found.instances.get(name, ())]}
            for name in found.services()
        ],
        "calls": [_call(party, name, traffic) for name in found.services() for party, traffic in found.callers(name)],
        "subscriptions": [
            {**_about(party), "service": name, "patterns": sorted(heard.patterns), "processes": len(heard.processes)}
            for name in found.services()
            for party, heard in found.hearers(name)
        ],
        "watching": len(found.watching),
    }


def _about(party: Party) -> Row:
    return {"offers": list(party.offers), "principal": party.principal or None, "id": party.id or None}


def _call(party: Party, service: str, traffic: Traffic) -> Row:
    return {
        **_about(party),
        "service": service,
        "processes": len(traffic.processes),
        "calls": traffic.calls,
        "failures": dict(sorted(traffic.failures.items())),
        "mean": traffic.mean,
        "last": traffic.last or None,
        "rate": traffic.rate,
    }


def _instance(row: Row) -> Row:
    return {key: row.get(key) for key in ("id", "exchange", "at", "principal", "groups", "audience")}


def _party(row: Row, key: str) -> Party:
    offers, principal = tuple(map(str, row.get("offers") or ())), str(row.get("principal") or "")
    return Party(offers, principal, "" if offers or principal else str(row.get(key) or ""))


def _count(traffic: Traffic, row: Row) -> None:
    traffic.calls += _amount(row.get("calls"))
    traffic.seconds += _amount(row.get("seconds"))
    traffic.last = max(traffic.last, _amount(row.get("last")))
    for number, failed in _failures(row):
        traffic.failures[number] = traffic.failures.get(number, 0) + failed
    if row.get("caller"):
        traffic.processes.add(str(row["caller"]))


def _failures(row: Row) -> Iterator[tuple[str, int]]:
    given = row.get("failures")
    return ((str(number), _amount(count)) for number, count in (given if isinstance(given, dict) else {}).items())


def _amount(value: Any) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0
