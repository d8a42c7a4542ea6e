"""Usage: who calls what, how often, with what outcome, and how long the answers take.

A hub keeps an account for each of its own callers and each name that these call; what
comes from another hub is counted there. So each call of a mesh is counted once. All
of it is bounded: where there are too many names or callers, the rest is counted together.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from exchange.routing.interest import is_built_in
from exchange.routing.registry import Instance
from exchange.wire.frames import Frame

if TYPE_CHECKING:
    from exchange.routing.port import Port

BOUNDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds up to which an answer counts for a bucket; there is one bucket more, for what took longer."""

MOST_NAMES = 256
"""Names and ids of one caller that are found at once; half as many names are counted apart."""

MOST_SERVICES = 4_096
"""Names of which is told how long their answers take."""

MOST_GONE = 1_000
"""Accounts of callers that are gone."""

MOST_OFFERS = 20
"""Names by which a caller is known that offers services itself."""

MOST_ERRORS = 16
"""Numbers of errors that are counted apart: whoever answers may make up any."""

OTHER_ERRORS = "other"
"""As what the rest of them is counted."""

OTHERS = ""
"""The name under which is counted what is too much to be counted apart."""

CANCELLED = "cancelled"


class Answers:
    """How the calls of one service ended.

    Attributes:
        buckets: How many answers took how long, by `BOUNDS`.
        failures: How many were failures, by their numbers; or cancelled, which is no answer.
        refused: How many of the failures were no answers, because the calls were not passed on.
        seconds: How long the answers took to callers that are gone, together.
    """

    __slots__ = ("buckets", "failures", "refused", "seconds")

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.failures: dict[int | str, int] = {}
        self.refused = 0
        self.seconds = 0.0

    @property
    def replies(self) -> int:
        """How many calls ended with a result."""
        failed = sum(count for number, count in self.failures.items() if number != CANCELLED)
        return sum(self.buckets) - (failed - self.refused)


class Account:
    """What one caller calls under one name.

    Attributes:
        service: The name.
        answers: Where those of all callers are counted.
        buckets: The same list as there.
        calls: How many were passed on, or refused.
        failures: How many of them ended otherwise than with a result, as in `Answers`.
        seconds: How long the answers took, together.
        last: When the last call came.
    """

    __slots__ = ("answers", "buckets", "calls", "failures", "last", "seconds", "service")

    def __init__(self, service: str, answers: Answers) -> None:
        self.service = service
        self.answers = answers
        self.buckets = answers.buckets
        self.calls = 0
        self.failures: dict[int | str, int] = {}
        self.seconds = 0.0
        self.last = 0.0

    def answered(self, seconds: float) -> None:
        """Count an answer that took so long; it may be a failure too."""
        seconds = max(0.0, seconds)  # somebody may have set the clock back
        self.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds

    def failed(self, number: int | str) -> None:
        """Count a call that did not end with a result."""
        for failures in (self.failures, self.answers.failures):
            _add(failures, number, 1)

    def with_those_of(self, other: Account | None) -> Account:
        """Return this account, and what another of the same kind has counted."""
        if other is not None:
            self.calls += other.calls
            self.seconds += other.seconds
            self.last = max(self.last, other.last)
            for number, count in other.failures.items():
                _add(self.failures, number, count)
        return self


Accounts = dict[str | bytes | tuple[str], Account]
"""By name; by id too, as long as there is room; by a name in a tuple, what was called there in vain."""


class Caller(NamedTuple):
    """Who called, of those that are gone: what they were, not which process it was."""

    principal: str | None
    offers: tuple[str, ...]
    service: str


class Usage:
    """The accounts of one hub.

    Attributes:
        now: When what is being looked at came, in seconds.
        services: How the calls of each service ended.
        gone: The accounts of callers that are gone, the one that went last at the end.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.services: dict[str, Answers] = {}
        self.gone: OrderedDict[Caller, Account] = OrderedDict()

    def account(self, port: Port, to: str | bytes, instance: Instance | None) -> Account | None:
        """Return the account of a caller for what it calls by a name or an id, made if there is none.

        What is asked of the hub itself is not counted.
        """
        if instance is None and is_built_in(to):
            return None
        name = to if isinstance(to, str) else instance.name if instance else OTHERS
        accounts, name = self._room(port, name)
        account = accounts.get(name)
        if account is None:
            refused = accounts.pop((name,), None)
            account = accounts[name] = Account(name, self._answers(name)).with_those_of(refused)
        if name:
            accounts[to] = account  # by which it is found at once, and forgotten when there are too many
        return account

    def refused(self, port: Port, frame: Frame, number: int) -> None:
        """Count a request that was not passed on; a name that nobody has may be there later, and is counted anew."""
        to = frame[2][0]
        if port.accounts is None or is_built_in(to):
            return
        accounts, name = self._room(port, to if isinstance(to, str) else OTHERS)
        account = accounts.get(to) or accounts.get((name,))
        if account is None:
            account = accounts[(name,)] = Account(name, self._answers(OTHERS))
        account.calls += 1
        account.last = self.now
        account.failed(number)
        account.answers.refused += 1

    def close(self, port: Port, offers: tuple[str, ...]) -> None:
        """A caller is gone, which had offered these names: keep of its accounts what may be of interest."""
        for account in accounts_of(port):
            account.answers.seconds += account.seconds
            caller = Caller(port.principal, offers, account.service)
            self.gone[caller] = account.with_those_of(self.gone.pop(caller, None))
            if len(self.gone) > MOST_GONE:
                self.gone.popitem(last=False)
        port.accounts = None

    def _room(self, port: Port, name: str) -> tuple[Accounts, str]:
        """Return where a caller's accounts are, and the name under which one more is to be."""
        accounts = port.accounts or {}
        if len(accounts) >= MOST_NAMES:
            accounts = {key: account for key, account in accounts.items() if not isinstance(key, bytes)}
            name = name if len(accounts) < MOST_NAMES // 2 else OTHERS
        port.accounts = accounts
        return accounts, name

    def _answers(self, name: str) -> Answers:
        known = self.services.get(name)
        if known is None:
            known = self.services.setdefault(name if len(self.services) < MOST_SERVICES else OTHERS, Answers())
        return known


def _add(failures: dict[int | str, int], number: int | str, count: int) -> None:
    if number not in failures and len(failures) >= MOST_ERRORS and number != CANCELLED:
        number = OTHER_ERRORS
    failures[number] = failures.get(number, 0) + count


def accounts_of(port: Port) -> list[Account]:
    """Return the accounts of a caller, each once."""
    return list({id(account): account for account in (port.accounts or {}).values()}.values())
