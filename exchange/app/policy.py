"""The policy of a configuration: its ``[[policy]]`` tables, each one rule about what principals may do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from msgspec import Meta

from exchange.app.checking import Table, checked_table, shown
from exchange.errors import ConfigurationError
from exchange.routing.policy import DEEDS, Rule

Globs = Annotated[str | list[str], Meta(description='a pattern such as "press-*", or a list of them')]


class PolicyTable(Table, frozen=True):
    """``[[policy]]``: whom a rule is about, and what it grants them."""

    principal: Globs = "*"
    offer: Globs = []
    join: Globs = []
    call: Globs = []
    subscribe: Globs = []
    watch: Globs = []
    administer: Globs = []


def policy_in(given: object, file: str) -> tuple[PolicyTable, ...]:
    """Return the rules that a file has under ``policy``, in their order.

    Raises:
        ConfigurationError: They are no tables, or one of them says what cannot be; named by its place.
    """
    if not isinstance(given, list):
        raise ConfigurationError(f"{file}: policy: expected tables such as [[policy]], got {shown(given)}")
    return tuple(checked_table(PolicyTable, each, f"{file}: [[policy]] {place}") for place, each in enumerate(given, 1))


def rules_of(tables: Iterable[PolicyTable]) -> tuple[Rule, ...]:
    """Return the rules as a hub takes them."""
    return tuple(_rule_of(table) for table in tables)


def _rule_of(table: PolicyTable) -> Rule:
    keys = ("principal", *DEEDS)
    given: dict[str, Any] = {key: getattr(table, key) for key in keys}
    return Rule(**{key: (value,) if isinstance(value, str) else tuple(value) for key, value in given.items()})
