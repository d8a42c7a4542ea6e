"""Who asks the site of a hub: by the same files as those who link with it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from twisted.cred.checkers import ANONYMOUS, ICredentialsChecker, InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.credentials import IAnonymous, IUsernamePassword
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock
from twisted.web.test.requesthelper import DummyRequest
from zope.interface import implementer

from exchange.app.http_logins import guard_of
from exchange.gateways.refusals import Refusal
from exchange.gateways.terms import Guard
from exchange.net.certificate import CertificateAuthenticator
from exchange.net.checker import CheckerAuthenticator
from exchange.net.examination import Authenticator
from exchange.net.passwords import PasswordAuthenticator, line_of
from exchange.net.tokens import TokenAuthenticator

TOKEN = "a-token-of-ann-and-long-enough"


def at_once(function: Callable[[], bool]) -> Deferred[bool]:
    return succeed(function())


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    path = tmp_path / "tokens"
    path.write_text(f"ann:{TOKEN}\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def passwords(tmp_path: Path) -> Path:
    path = tmp_path / "passwords"
    path.write_text(line_of("bob", "büchse") + "\n")
    path.chmod(0o600)
    return path


def who(guard: Guard | None, said: str = "", name: str = "", password: str = "") -> Any:
    """Return who asks, or the status of the refusal."""
    request: Any = DummyRequest([b""])
    request.transport = object()
    if name or password:
        said = f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"
    if said:
        request.requestHeaders.setRawHeaders(b"authorization", [said.encode()])
    assert guard is not None
    found = guard.identify(request)
    outcome: list[Any] = [found]
    if isinstance(found, Deferred):
        outcome.clear()
        found.addCallback(outcome.append)
    return outcome[0].status if isinstance(outcome[0], Refusal) else outcome[0]


def guard_by(clock: Clock, *authenticators: Authenticator) -> Guard | None:
    return guard_of(authenticators, clock, at_once)


def test_a_hub_that_asks_nobody_has_no_guard(clock: Clock) -> None:
    assert guard_by(clock) is None


def test_a_token_comes_as_a_bearer_or_as_the_password_of_its_principal(clock: Clock, tokens: Path) -> None:
    guard = guard_by(clock, TokenAuthenticator(tokens, clock.seconds))

    assert who(guard, f"Bearer {TOKEN}") == "ann"
    assert who(guard, name="ann", password=TOKEN) == "ann"
    assert who(guard, name="bob", password=TOKEN) == 401
    assert who(guard, "Bearer another-token-long-enough") == 401
    assert who(guard) == 401


def test_a_password_is_compared_with_what_the_hub_has_of_it(clock: Clock, passwords: Path) -> None:
    guard = guard_by(clock, PasswordAuthenticator(passwords, clock.seconds))

    assert who(guard, name="bob", password="büchse") == "bob"
    assert who(guard, name="bob", password="wrong") == 401
    assert who(guard, name="eve", password="büchse") == 401
    assert who(guard, name="bob", password="\u0378") == 401


def test_what_was_right_is_remembered_and_no_longer_than_the_file_says_it(clock: Clock, passwords: Path) -> None:
    checked = []

    def noting(function: Callable[[], bool]) -> Deferred[bool]:
        checked.append(1)
        return succeed(function())

    guard = guard_of([PasswordAuthenticator(passwords, clock.seconds)], clock, noting)
    assert [who(guard, name="bob", password="büchse") for _ in range(3)] == ["bob"] * 3
    assert len(checked) == 1

    passwords.write_text(line_of("bob", "another") + "\n")
    clock.advance(2)
    assert who(guard, name="bob", password="büchse") == 401
    assert who(guard, name="bob", password="another") == "bob"


def test_all_that_the_hub_asks_by_may_be_shown(clock: Clock, tokens: Path, passwords: Path) -> None:
    known = TokenAuthenticator(tokens, clock.seconds), PasswordAuthenticator(passwords, clock.seconds)
    guard = guard_by(clock, *known)

    assert who(guard, name="ann", password=TOKEN) == "ann"
    assert who(guard, name="bob", password="büchse") == "bob"


def test_whoever_guesses_has_to_wait(clock: Clock, passwords: Path) -> None:
    guard = guard_by(clock, PasswordAuthenticator(passwords, clock.seconds))

    answers = [who(guard, name="bob", password=f"guess {place}") for place in range(12)]

    assert answers[0] == 401
    assert answers[-1] == 429


def test_the_checker_of_the_hub_is_asked(clock: Clock) -> None:
    staff = InMemoryUsernamePasswordDatabaseDontUse(carl=b"secret")
    guard = guard_by(clock, CheckerAuthenticator(staff))

    assert who(guard, name="carl", password="secret") == "carl"
    assert who(guard, name="carl", password="wrong") == 401


def test_a_checker_that_would_let_anybody_in_lets_nobody_in_here(clock: Clock) -> None:
    @implementer(ICredentialsChecker)
    class Generous:
        credentialInterfaces = (IUsernamePassword, IAnonymous)

        def requestAvatarId(self, credentials: Any) -> Any:
            return ANONYMOUS

    guard = guard_by(clock, CheckerAuthenticator(Generous()))

    assert who(guard) == 401
    assert who(guard, name="x", password="y") == 401


def test_without_a_certificate_others_may_still_log_in_and_nobody_else(clock: Clock, tokens: Path) -> None:
    assert who(guard_by(clock, CertificateAuthenticator())) == 401
    both = guard_by(clock, CertificateAuthenticator(), TokenAuthenticator(tokens, clock.seconds))
    assert who(both, f"Bearer {TOKEN}") == "ann"
