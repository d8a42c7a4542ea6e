"""Logins: who asks is found out by checkers, and nobody else gets in."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import bcrypt
import pytest
from twisted.cred.checkers import AllowAnonymousAccess, ICredentialsChecker, InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.credentials import IUsernamePassword
from twisted.cred.error import LoginDenied, UnauthorizedLogin
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, fail, maybeDeferred, succeed
from twisted.internet.task import Clock
from zope.interface import implementer

from exchange import Service, current_call, method
from exchange.gateways.logins import PATIENCE, Logins
from exchange.gateways.passwords import PasswordFile
from exchange.gateways.refusals import Refusal
from exchange.gateways.tokens import IBearerToken, TokenFile
from exchange.strikes import FREE
from exchange.testing import Network
from tests.gateways.conftest import Gateway, offering
from tests.gateways.test_authorization import BAD, asked
from tests.gateways.web import AT, Answer, Web, called, posted
from tests.logbook import Logbook
from tests.outcomes import Outcome

TOKEN = "LpB5Nk9Rj1sTQwYx0a_Zc3d"
BASIC = 'Basic realm="exchange", charset="UTF-8"'
BEARER = 'Bearer realm="exchange"'


class Who(Service):
    """Tells who asked."""

    name = "who"
    groups = ("web-services",)

    @method
    def ask(self) -> list[Any]:
        current = current_call()
        return [current.user, current.properties]


@implementer(ICredentialsChecker)
class Checker:
    """A checker of a user's own."""

    credentialInterfaces: tuple[Any, ...] = (IUsernamePassword,)

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked = 0

    def requestAvatarId(self, credentials: Any) -> Any:
        self.asked += 1
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


def request(said: str = "", host: str = "10.0.0.1") -> Any:
    made = asked(said.encode()) if said else asked()
    made.client = IPv6Address("TCP", host, 9) if ":" in host else IPv4Address("TCP", host, 9)
    return made


def basic(name: str, password: str) -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


def outcome(logins: Logins, said: str = "", host: str = "10.0.0.1") -> Any:
    """Return who asks, or the status with which they are refused."""
    found = logins.identify(request(said, host))
    who = Outcome(found).value if isinstance(found, Deferred) else found
    return who.status if isinstance(who, Refusal) else who


@pytest.fixture
def logins(tmp_path: Path, clock: Clock, logbook: Logbook) -> Logins:
    """Logins by passwords and tokens."""
    (tmp_path / "tokens").write_text(f"press:{TOKEN}\n")
    (tmp_path / "tokens").chmod(0o600)
    hashed = bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()
    (tmp_path / "passwords").write_text(f"ann:{hashed}\nJürgen:{hashed}\n")
    passwords = PasswordFile(tmp_path / "passwords", clock, run=maybeDeferred)
    return Logins([passwords, TokenFile(tmp_path / "tokens", clock)], clock)


@pytest.mark.parametrize(
    ("said", "who"),
    [
        (basic("ann", "secret"), "ann"),
        (basic("Jürgen", "secret"), "Jürgen"),
        (f"Bearer {TOKEN}", "press"),
        ("", 401),
        (basic("ann", "wrong"), 401),
        (basic("ann", ""), 401),
        (basic("", ""), 401),
        (basic("press", TOKEN), 401),
        (basic("ann", "x" * 73), 401),
        (f"Bearer {TOKEN}=", 401),
        ("Bearer secret", 401),
        ("Digest username=ann", 401),
    ],
)
def test_who_asks_is_whom_a_checker_knows(logins: Logins, said: str, who: str | int) -> None:
    assert outcome(logins, said) == who


@pytest.mark.parametrize("said", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_understood_is_400_and_lets_nobody_in(logins: Logins, said: tuple[bytes, ...]) -> None:
    refusal = logins.identify(asked(*said))

    assert isinstance(refusal, Refusal)
    assert refusal.status == 400


@pytest.mark.parametrize(
    ("said", "challenges"),
    [
        ("", [BASIC, BEARER]),
        (basic("ann", "wrong"), [BASIC, BEARER]),
        ("Bearer wrong", [BASIC, f'{BEARER}, error="invalid_token"']),
    ],
)
def test_a_refusal_says_how_one_may_log_in(logins: Logins, said: str, challenges: list[str]) -> None:
    found: Any = logins.identify(request(said))
    refusal = Outcome(found).value if isinstance(found, Deferred) else found

    assert refusal.headers == tuple((b"www-authenticate", each.encode()) for each in challenges)


def test_only_what_is_taken_is_offered(tmp_path: Path, clock: Clock) -> None:
    refusal = Logins([Checker(b"ann")], clock, realm='the "plant"\\').identify(request())

    assert isinstance(refusal, Refusal)
    assert refusal.headers == ((b"www-authenticate", b'Basic realm="the plant", charset="UTF-8"'),)


def test_a_password_that_is_too_long_is_refused_by_what_is_wrong_with_it(logins: Logins) -> None:
    found = logins.identify(request(basic("ann", "x" * 73)))

    assert isinstance(found, Deferred)
    assert Outcome(found).value.text == "a password has 72 bytes at most, and no zero byte"


@pytest.mark.parametrize("avatar", [b"ann", "ann", succeed(b"ann"), succeed("ann")])
def test_a_checker_of_ones_own_names_the_principal(clock: Clock, avatar: Any) -> None:
    assert outcome(Logins([Checker(avatar)], clock), basic("x", "y")) == "ann"


@pytest.mark.parametrize("error", [UnauthorizedLogin(), LoginDenied("the database is at 10.1.1.1")])
@pytest.mark.parametrize("later", [False, True])
def test_what_a_checker_of_ones_own_refuses_is_401(clock: Clock, error: Exception, later: bool) -> None:
    logins = Logins([Checker(fail(error) if later else error)], clock)
    found = logins.identify(request(basic("x", "y")))

    assert isinstance(found, Deferred)
    refusal = Outcome(found).value
    assert (refusal.status, refusal.text) == (401, "nobody is known by this login")


@pytest.mark.parametrize(
    "answer", [RuntimeError("secret"), fail(RuntimeError("secret")), None, 5, b"", "", b"\xff", succeed(None), True]
)
def test_a_checker_that_fails_lets_nobody_in_and_the_log_says_why(clock: Clock, logbook: Logbook, answer: Any) -> None:
    logins = Logins([Checker(answer), Checker(b"ann")], clock)
    found = logins.identify(request(basic("x", "y")))

    assert isinstance(found, Deferred)
    refusal = Outcome(found).value
    assert refusal.status == 500
    assert "secret" not in refusal.text
    assert len(logbook.failures()) == 1


def test_a_checker_that_never_answers_lets_nobody_in_and_takes_no_room_for_ever(clock: Clock, logbook: Logbook) -> None:
    cancelled: list[Deferred[bytes]] = []
    logins = Logins([Checker(Deferred(cancelled.append))], clock)
    found = logins.identify(request(basic("x", "y")))

    clock.advance(PATIENCE)

    assert isinstance(found, Deferred)
    assert Outcome(found).value.status == 503
    assert len(cancelled) == 1
    assert len(logins._checks) == 0
    assert len(logbook.lines("a checker did not answer within 20.0 seconds")) == 1


def test_a_quick_checker_that_fails_lets_nobody_in_either(logins: Logins, logbook: Logbook) -> None:
    broken = logins._checkers[1]
    broken._file = None

    assert outcome(logins, f"Bearer {TOKEN}") == 500
    assert outcome(logins, basic("ann", "secret")) == "ann"
    assert len(logbook.failures()) == 1


def test_checkers_of_one_kind_are_asked_in_turn(clock: Clock) -> None:
    first, second, third = Checker(UnauthorizedLogin()), Checker(b"ann"), Checker(b"bob")
    logins = Logins([first, second, third], clock)

    assert outcome(logins, basic("x", "y")) == "ann"
    assert (first.asked, second.asked, third.asked) == (1, 1, 0)


def test_a_checker_is_asked_for_what_it_takes_only(clock: Clock) -> None:
    checker = Checker(b"ann")
    checker.credentialInterfaces = (IBearerToken,)
    logins = Logins([checker], clock)

    assert outcome(logins, basic("x", "y")) == 401
    assert outcome(logins, "Bearer abc") == "ann"
    assert checker.asked == 1


def test_checkers_of_twisted_serve_too(clock: Clock) -> None:
    known = InMemoryUsernamePasswordDatabaseDontUse(ann=b"secret")
    logins = Logins([known], clock)

    assert outcome(logins, basic("ann", "secret")) == "ann"
    assert outcome(logins, basic("ann", "wrong")) == 401
    assert outcome(logins) == 401


def test_whoever_says_nothing_may_be_let_in_as_nobody(clock: Clock) -> None:
    logins = Logins([AllowAnonymousAccess(), Checker(UnauthorizedLogin())], clock)

    assert outcome(logins) is None
    assert outcome(logins, basic("ann", "wrong")) == 401


def test_what_was_right_is_let_in_at_once_even_where_others_fail(logins: Logins) -> None:
    assert outcome(logins, basic("ann", "secret")) == "ann"
    for number in range(FREE + 1):
        assert outcome(logins, basic("ann", f"wrong {number}")) == 401

    assert outcome(logins, basic("ann", "wrong")) == 429
    assert outcome(logins, basic("ann", "secret")) == "ann"
    assert not isinstance(logins.identify(request(basic("ann", "secret"))), Deferred)
    assert outcome(logins, f"Bearer {TOKEN}") == "press"
    assert outcome(logins, basic("Jürgen", "secret")) == "Jürgen"


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("", "", True),  # over a Unix socket
    ],
)
def test_failures_are_counted_by_where_they_come_from(logins: Logins, first: str, second: str, is_one: bool) -> None:
    for number in range(FREE + 1):
        outcome(logins, basic("ann", f"wrong {number}"), first)

    assert outcome(logins, basic("ann", "wrong"), second) == (429 if is_one else 401)


# In a gateway


@pytest.fixture
def web(network: Network, gateway: Gateway, logins: Logins) -> Web:
    offering(network, Who())
    return gateway(guard=logins)


def ask(web: Web, *headers: str) -> Answer:
    return web.ask(posted(called("ask"), "Content-Type: text/xml", *headers, path=f"{AT}/who"))


def test_a_method_sees_who_asks_and_from_where(web: Web) -> None:
    answer = ask(web, f"Authorization: {basic('Jürgen', 'secret')}", "X-Forwarded-For: 1.2.3.4")

    assert answer.result == ["Jürgen", {"REMOTE_ADDR": "192.168.1.1"}]


def test_without_a_guard_a_method_sees_from_where_alone(network: Network, gateway: Gateway) -> None:
    offering(network, Who())

    answer = ask(gateway(), f"Authorization: {basic('ann', 'secret')}", "Remote-User: root")
    assert answer.result == [None, {"REMOTE_ADDR": "192.168.1.1"}]


def test_whoever_is_not_known_learns_nothing_not_even_which_services_there_are(web: Web) -> None:
    there = ask(web)
    elsewhere = web.ask(posted(b"x" * 2**21, path=f"{AT}/nobody"))

    assert (there.status, elsewhere.status) == (401, 401)
    assert web.ask(posted(b"x", path=f"{AT}/nobody")).body == there.body
    assert web.ask(f"GET {AT}/who HTTP/1.1\r\nHost: here\r\n\r\n".encode()).body == there.body


def test_a_connection_that_stays_logs_in_with_each_request(web: Web) -> None:
    line = web.line()
    raw = posted(called("ask"), "Content-Type: text/xml", f"Authorization: {basic('ann', 'secret')}", path=f"{AT}/who")

    for _ in range(3):
        line.send(raw)
        assert line.answer().result[0] == "ann"
    line.send(posted(called("ask"), "Content-Type: text/xml", path=f"{AT}/who"))
    assert line.answer().status == 401


@pytest.mark.parametrize("said", BAD.values(), ids=BAD.keys())
def test_the_gateway_serves_on_whatever_is_said(web: Web, said: tuple[bytes, ...]) -> None:
    raw = posted(called("ask"), "Content-Type: text/xml", path=f"{AT}/who")
    head = b"".join(b"\r\nAuthorization: " + each for each in said)
    answer = web.ask(raw.replace(b"\r\n\r\n", head + b"\r\n\r\n", 1))

    assert answer.status == 400
    assert b"Traceback" not in answer.body
    assert ask(web, f"Authorization: Bearer {TOKEN}").result[0] == "press"


def test_no_secret_is_in_the_log(web: Web, logbook: Logbook) -> None:
    for said in (basic("ann", "secret"), basic("ann", "wr0ng"), f"Bearer {TOKEN}", "Bearer wr0ng", "Basic wr0ng"):
        ask(web, f"Authorization: {said}")

    log = "\n".join(logbook.lines())
    assert [word for word in ("secret", "wr0ng", TOKEN, b64encode(b"ann:secret").decode()) if word in log] == []
