"""Passwords: a file made by ``htpasswd -B``, checked away from the reactor and remembered for a while."""

from __future__ import annotations

import builtins
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bcrypt
import pytest
import pytest_twisted
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactorClock
from zope.interface.verify import verifyObject

from exchange import ConfigurationError
from exchange.gateways.checkers import IQuickChecker, RefusedLogin
from exchange.gateways.passwords import PasswordFile
from exchange.lines import LOOK
from tests.outcomes import Outcome

COST = 4


def line(name: str, password: str, kind: str = "$2y$", cost: int = COST) -> str:
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(cost)).decode()
    return f"{name}:{kind}{hashed[4:]}\n"


def shown(name: str, password: str) -> UsernamePassword:
    return UsernamePassword(name.encode(), password.encode())


class Later:
    """Runs checks when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[], bool], Deferred[bool]]] = []
        self.hashes: list[bytes] = []

    def __call__(self, check: Callable[[], bool]) -> Deferred[bool]:
        done: Deferred[bool] = Deferred()
        self.waiting.append((check, done))
        self.hashes.append(check.args[1])  # type: ignore[attr-defined]
        return done

    def run(self) -> None:
        while self.waiting:
            check, done = self.waiting.pop(0)
            done.callback(check())


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "passwords"
    names = line("ann", "secret") + line("bob", "", "$2b$") + line("Jürgen Ö", "pä§wörd€", "$2a$")
    path.write_text(f"# who may call\n{names}{line('long', 'x' * 72)}")
    return path


@pytest.fixture
def passwords(path: Path, clock: Clock, later: Later) -> PasswordFile:
    return PasswordFile(path, clock, run=later)


def outcome(passwords: PasswordFile, later: Later, name: str, password: str) -> Outcome:
    found = Outcome(passwords.requestAvatarId(shown(name, password)))
    later.run()
    return found


@pytest.mark.parametrize(
    ("name", "password"), [("ann", "secret"), ("bob", ""), ("Jürgen Ö", "pä§wörd€"), ("long", "x" * 72)]
)
def test_whoever_knows_the_password_is_of_that_name(
    passwords: PasswordFile, later: Later, name: str, password: str
) -> None:
    assert outcome(passwords, later, name, password).value == name.encode()


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ann", "Secret"),
        ("ann", "secret "),
        ("ann", ""),
        ("Ann", "secret"),
        ("eve", "secret"),
        ("", ""),
        ("long", "x" * 71),
    ],
)
def test_whoever_does_not_is_nobody(passwords: PasswordFile, later: Later, name: str, password: str) -> None:
    assert type(outcome(passwords, later, name, password).error) is UnauthorizedLogin


@pytest.mark.parametrize("password", ["x" * 73, "ä" * 37, "secret\0", "\0"])
def test_a_password_of_which_bcrypt_would_see_a_part_is_refused_by_its_kind(
    passwords: PasswordFile, later: Later, password: str
) -> None:
    found = Outcome(passwords.requestAvatarId(shown("long", password)))

    assert isinstance(found.error, RefusedLogin)
    assert "72 bytes at most" in str(found.error)
    assert later.hashes == []


def test_an_unknown_name_costs_what_a_known_one_does(tmp_path: Path, clock: Clock, later: Later) -> None:
    path = tmp_path / "passwords"
    path.write_text(line("ann", "secret", cost=4) + line("bob", "secret", cost=6))
    passwords = PasswordFile(path, clock, run=later)

    for name in [f"nobody{number}" for number in range(50)] * 2:
        passwords.requestAvatarId(shown(name, "secret")).addErrback(lambda failure: None)

    costs = [hashed[:7] for hashed in later.hashes]
    assert set(costs) == {b"$2b$04$", b"$2b$06$"}  # as those of the names that there are
    assert costs[:50] == costs[50:]  # and the same for one name each time
    assert not any(bcrypt.checkpw(b"secret", hashed) for hashed in later.hashes[:5])
    later.run()


def test_an_empty_file_knows_nobody(path: Path, clock: Clock, later: Later) -> None:
    path.write_text("")

    assert type(outcome(PasswordFile(path, clock, run=later), later, "ann", "secret").error) is UnauthorizedLogin


def test_what_was_right_is_known_at_once_for_some_minutes(passwords: PasswordFile, later: Later, clock: Clock) -> None:
    assert passwords.recall(shown("ann", "secret")) is None
    outcome(passwords, later, "ann", "secret")

    assert passwords.recall(shown("ann", "secret")) == b"ann"
    assert passwords.recall(shown("ann", "secret!")) is None
    assert passwords.recall(shown("bob", "secret")) is None
    clock.advance(300)
    assert passwords.recall(shown("ann", "secret")) is None


def test_what_was_wrong_is_not_remembered(passwords: PasswordFile, later: Later) -> None:
    outcome(passwords, later, "ann", "wrong")

    assert passwords.recall(shown("ann", "wrong")) is None


def test_a_file_that_has_changed_counts_at_once(
    passwords: PasswordFile, later: Later, clock: Clock, path: Path
) -> None:
    outcome(passwords, later, "ann", "secret")
    path.write_text(line("eve", "apple"))
    clock.advance(LOOK)

    assert passwords.recall(shown("ann", "secret")) is None
    assert outcome(passwords, later, "ann", "secret").error
    assert outcome(passwords, later, "eve", "apple").value == b"eve"


def test_whoever_is_taken_out_of_the_file_during_the_check_is_out(
    passwords: PasswordFile, later: Later, clock: Clock, path: Path
) -> None:
    found = Outcome(passwords.requestAvatarId(shown("ann", "secret")))
    path.write_text(line("eve", "apple"))
    clock.advance(LOOK)
    assert passwords.recall(shown("eve", "apple")) is None

    later.run()

    assert found.error
    assert passwords.recall(shown("ann", "secret")) is None


SALTED = "abcdefghijklmnopqrstuu"


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ("ann", "expected name:hash"),
        (":$2y$05$", "expected name:hash"),
        ("ann:", "the password is not hashed by bcrypt; make the line anew with htpasswd -B FILE ann"),
        ("ann:sesame", "the password is not hashed by bcrypt"),
        ("ann:$apr1$sesame$sesame", "hashed by MD5, and only bcrypt is taken; make the line anew with htpasswd -B"),
        ("ann:{SHA}sesame", "hashed by SHA-1"),
        ("ann:$5$sesame$sesame", "hashed by SHA-256"),
        ("ann:$6$sesame$sesame", "hashed by SHA-512"),
        ("ann:$y$sesame$sesame", "hashed by yescrypt"),
        ("ann:$argon2id$sesame", "hashed by Argon2"),
        (f"ann:$2x$05${SALTED}{'s' * 31}", "hashed by a bcrypt that was wrong"),
        (f"ann:$2y$05${SALTED}{'s' * 30}", "the bcrypt hash is not whole"),
        (f"ann:$2y$05${SALTED}{'s' * 31}:x", "the bcrypt hash is not whole"),
        (f"ann:$2y$05${SALTED[:-1]}z{'s' * 31}", "the bcrypt hash is not whole"),
        (f"ann:$2y$16${SALTED}{'s' * 31}", "a cost of 16 is beyond 4 to 15"),
        (f"ann:$2y$03${SALTED}{'s' * 31}", "a cost of 03 is beyond 4 to 15"),
        (f"a\x07n:$2y$05${SALTED}{'s' * 31}", "characters that cannot be printed"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_with_its_mend_and_without_its_hash(
    path: Path, clock: Clock, wrong: str, text: str
) -> None:
    path.write_text(f"{line('bob', '')}\n{wrong}\n")

    with pytest.raises(ConfigurationError) as raised:
        PasswordFile(path, clock)
    assert f"{path}: line 3: " in str(raised.value)
    assert text in str(raised.value)
    assert "sesame" not in str(raised.value)
    assert SALTED[:-1] not in str(raised.value)


def test_every_line_that_is_taken_can_be_checked(path: Path, clock: Clock, later: Later) -> None:
    """What bcrypt would refuse as a hash is refused at the start, or a login would fail for no fault of its own."""
    for end in "./ABCDOPQRSTUVefgklmnopstuvwxyz0189":
        path.write_text(f"ann:$2y$04${SALTED[:-1]}{end}{'s' * 31}\n")
        try:
            passwords = PasswordFile(path, clock, run=later)
        except ConfigurationError:
            continue
        assert type(outcome(passwords, later, "ann", "secret").error) is UnauthorizedLogin


def test_without_bcrypt_the_text_says_how_to_get_it(path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = builtins.__import__

    def without(name: str, *args: Any) -> Any:
        if name == "bcrypt":
            raise ImportError(name)
        return usual(name, *args)

    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(ConfigurationError, match=r"pip install 'exchange\[web\]'"):
        PasswordFile(path, clock)


def test_nothing_that_is_kept_has_the_password(passwords: PasswordFile, later: Later) -> None:
    outcome(passwords, later, "Jürgen Ö", "pä§wörd€")

    kept = repr(vars(passwords)) + repr(vars(passwords._known))
    assert "pä§wörd€" not in kept
    assert repr("pä§wörd€".encode())[2:-1] not in kept


def test_it_is_what_twisted_cred_expects(passwords: PasswordFile) -> None:
    assert verifyObject(IQuickChecker, passwords)


class EndingReactor(MemoryReactorClock):
    """A reactor that takes what threads hand over, and can end."""

    def callFromThread(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        reactor.callFromThread(function, *args, **kwargs)  # type: ignore[attr-defined]


@pytest_twisted.ensureDeferred
async def test_checks_run_in_threads_that_end_with_the_reactor(path: Path) -> None:
    ending = EndingReactor()
    passwords = PasswordFile(path, ending)

    assert await passwords.requestAvatarId(shown("ann", "secret")) == b"ann"

    (stop,) = [trigger for phases in [ending.triggers["during"]] for trigger in phases["shutdown"]]
    function, args, kwargs = stop
    assert threads()
    function(*args, **kwargs)
    assert not threads()


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "passwords" in thread.name]
