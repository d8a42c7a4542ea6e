"""The policy: what a principal may offer, join, call, subscribe to, watch and administer.

It is a list of rules, each about the principals that fit its patterns; what any of them
grants is granted, and nothing else. Whoever has proved nothing is the principal ``""``. Checked
where the principal is attached; a switch without a policy grants everything, and pays nothing.

A rule may also say how much: of each measure, the first rule decides that is about the principal
and says anything. It holds for all links of the principal together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args
from weakref import WeakValueDictionary

from exchange.routing.allotment import Allotment, Allotments, Quota
from exchange.routing.patterns import compiled

Deed = Literal["offer", "join", "call", "subscribe", "watch", "administer"]
"""What a rule may grant; `call` is about ``service.method``, `join` about service groups, the others about names."""

DEEDS: tuple[Deed, ...] = get_args(Deed)

OUTLOOK: tuple[Deed, ...] = ("offer", "join", "subscribe", "watch")
"""What is asked about once, and holds while a link lasts."""

MOST_REMEMBERED = 4_096
"""Answers of each sort that the grant of one principal remembers."""


@dataclass(frozen=True)
class Rule:
    """One rule: to whom it applies, the patterns of what it grants them, and how much; ``None`` says nothing of it."""

    principal: tuple[str, ...] = ("*",)
    offer: tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    call: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()
    watch: tuple[str, ...] = ()
    administer: tuple[str, ...] = ()
    calls_per_second: float | None = None
    bytes_per_second: float | None = None
    max_instances: int | None = None
    max_subscriptions: int | None = None

    def applies_to(self, principal: str) -> bool:
        """Whether it is about somebody."""
        return _any(self.principal)(principal)

    def grants(self, deed: Deed, thing: str) -> bool:
        """Whether it lets them do something."""
        return _any(getattr(self, deed))(thing)


class Ruling(NamedTuple):
    """What a policy says, and why.

    Attributes:
        rule: The place of the first rule that lets it through, from 1; 0 if none does.
        applying: The places of all rules that are about the principal.
    """

    is_granted: bool
    rule: int
    applying: tuple[int, ...]


class Grant:
    """What one principal may, on all its links.

    Attributes:
        allotment: How much, on all its links; ``None`` is as much as there is.
    """

    __slots__ = ("__weakref__", "_calls", "_fits", "_known", "allotment", "principal")

    def __init__(self, principal: str, rules: Iterable[Rule], allotment: Allotment | None = None) -> None:
        applying = list(rules)
        self.principal = principal
        self.allotment = allotment
        self._fits = {deed: _any(each for rule in applying for each in getattr(rule, deed)) for deed in DEEDS}
        self._known: dict[tuple[Deed, str], bool] = {}
        self._calls: dict[tuple[str, str], bool] = {}

    def may(self, deed: Deed, thing: str) -> bool:
        """Whether something may be done; what was asked of late is remembered."""
        known = self._known.get((deed, thing))
        if known is None:
            known = self._fits[deed](thing)
            _make_room(self._known)
            self._known[deed, thing] = known
        return known

    def may_call(self, name: str, method: str) -> bool:
        """Whether a method may be called; those that every service has, by whoever may see it."""
        known = self._calls.get((name, method))
        if known is None:
            known = self.may("watch", name) if method.startswith("$") else self._fits["call"](f"{name}.{method}")
            _make_room(self._calls)
            self._calls[name, method] = known
        return known


class Policy:
    """All rules of one hub, in their order."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._allotments = Allotments(self.quota_of)
        self._grants: WeakValueDictionary[str, Grant] = WeakValueDictionary()  # those that a link has

    def grant_of(self, principal: str | None, now: float = 0.0) -> Grant | None:
        """Return what somebody may; ``None``, everything, while there are no rules."""
        if not self.rules:
            return None
        who = principal or ""
        allotment, grant = self._allotments.of(who, now), self._grants.get(who)
        if grant is None:
            rules = (rule for rule in self.rules if rule.applies_to(who))
            grant = self._grants[who] = Grant(who, rules, allotment)
        return grant

    def take_over(self, before: Policy) -> None:
        """Have whoever may use as much as ``before`` go on with what they have used of it."""
        self._allotments.take_over(before._allotments)

    def outlook_of(self, principal: str | None) -> tuple[Any, ...] | None:
        """Return what is looked at when something is announced, subscribed to or shown, and how much somebody may use.

        While that stays the same, only calls and questions have to be judged anew.

        Returns:
            ``None`` while there are no rules.
        """
        if not self.rules:
            return None
        who = principal or ""
        applying = [rule for rule in self.rules if rule.applies_to(who)]
        granted = (frozenset(each for rule in applying for each in getattr(rule, deed)) for deed in OUTLOOK)
        return self.quota_of(who), *granted

    def quota_of(self, principal: str) -> Quota:
        """Return how much somebody may, by the rules."""
        applying = [rule for rule in self.rules if rule.applies_to(principal)]
        said = ([getattr(rule, measure) for rule in applying] for measure in Quota._fields)
        return Quota(*(next((each for each in values if each is not None), None) for values in said))

    def ruling_on(self, principal: str | None, deed: Deed, thing: str) -> Ruling:
        """Return whether somebody may do something, and by which rule."""
        who = principal or ""
        applying = tuple(place for place, rule in enumerate(self.rules, 1) if rule.applies_to(who))
        granting = (place for place in applying if self.rules[place - 1].grants(deed, thing))
        rule = next(granting, 0)
        return Ruling(bool(rule) or not self.rules, rule, applying)


def _make_room(known: dict[Any, bool]) -> None:
    if len(known) >= MOST_REMEMBERED:
        known.clear()


def _any(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Return whether any of these patterns fits."""
    fits = [compiled(pattern) for pattern in dict.fromkeys(patterns)]
    return lambda thing: any(fit(thing) for fit in fits)
