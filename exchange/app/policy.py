"""The policy of a configuration: its ``[[policy]]`` tables, each one rule about what principals may do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from msgspec import Meta

from exchange.app.checking import Table, read_table, shown
from exchange.app.mistakes import Mistakes
from exchange.routing.policy import DEEDS, Rule

RULE_KEYS = ("principal", *DEEDS)
MEASURES = ("calls_per_second", "bytes_per_second", "max_instances", "max_subscriptions")
"""Fields that say how much, and not what."""

Rate = Annotated[Annotated[float, Meta(gt=0)] | None, Meta(description="a number for each second, above 0")]
Most = Annotated[Annotated[int, Meta(gt=0)] | None, Meta(description="a whole number above 0")]
Globs = Annotated[str | list[str], Meta(description='a pattern such as "press-*", or a list of them')]


class PolicyTable(Table, frozen=True):
    """``[[policy]]``: whom a rule is about, what it grants them, and how much."""

    principal: Globs = "*"
    offer: Globs = []
    join: Globs = []
    call: Globs = []
    subscribe: Globs = []
    watch: Globs = []
    administer: Globs = []
    calls_per_second: Rate = None
    bytes_per_second: Rate = None
    max_instances: Most = None
    max_subscriptions: Most = None


def policy_in(given: object, file: str, mistakes: Mistakes) -> tuple[PolicyTable, ...]:
    """Return the rules that a file has under ``policy``, in their order.

    Args:
        mistakes: Are told if they are no tables, or if one of them says what cannot be; named by its place.
    """
    if not isinstance(given, list):
        mistakes.add(f"{file}: policy: expected tables such as [[policy]], got {shown(given)}")
        return ()
    labelled = ((f"{file}: [[policy]] {place}", each) for place, each in enumerate(given, 1))
    rules = (read_table(PolicyTable, each, label, mistakes) for label, each in labelled)
    return tuple(rule for rule in rules if rule is not None)


def rules_of(tables: Iterable[PolicyTable]) -> tuple[Rule, ...]:
    """Return the rules as a hub takes them."""
    return tuple(_rule_of(table) for table in tables)


def _rule_of(table: PolicyTable) -> Rule:
    given: dict[str, Any] = {key: getattr(table, key) for key in RULE_KEYS}
    said: dict[str, Any] = {key: getattr(table, key) for key in MEASURES}
    globs: dict[str, Any] = {key: (value,) if isinstance(value, str) else tuple(value) for key, value in given.items()}
    return Rule(**globs, **said)
