"""Authentication in a greeting: who is let in, what the others are told, and how often they may try."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred

from exchange import (
    Certificate,
    CertificateAuthenticator,
    CheckerAuthenticator,
    Exchange,
    Hub,
    LinkRefused,
    Password,
    PasswordAuthenticator,
    PlainPassword,
    Service,
    ServiceUnavailable,
    Token,
    TokenAuthenticator,
    current_call,
    method,
)
from exchange.net.examination import Challenge, Denied, Granted, Newcomer
from exchange.net.examining import DELAY, FORGIVES_EVERY, Doubts
from exchange.net.passwords import line_of
from exchange.net.surroundings import counted_by
from exchange.strikes import MOST_KNOWN
from exchange.testing import Network
from exchange.wire.frames import encode
from exchange.wire.layouts import Kind
from tests.logbook import Logbook
from tests.net.stranger import Door, Stranger

PRESS = Token("press", "a-token-of-the-press")


class Desk(Service):
    """Tells who calls."""

    name = "desk"

    @method
    def who(self) -> str | None:
        """Return the principal of the caller."""
        return current_call().principal


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "tokens").write_text("press:a-token-of-the-press\nrome:a-token-of-the-hubs\nshop:a-token-of-the-shop\n")
    (tmp_path / "passwords").write_text(line_of("ann", "pencil"))
    for each in tmp_path.iterdir():
        each.chmod(0o600)
    return tmp_path


@pytest.fixture
def asking(network: Network, files: Path) -> Hub:
    """A hub that asks everybody who they are."""
    clock = network.clock.seconds
    checker: Any = InMemoryUsernamePasswordDatabaseDontUse(bob=b"pen")
    return network.hub(
        authenticators=[
            TokenAuthenticator(files / "tokens", clock),
            PasswordAuthenticator(files / "passwords", clock),
            CheckerAuthenticator(checker),
            CertificateAuthenticator(),
        ],
        hubs=["rom?"],
    )


def refusal_of(network: Network, peer: Exchange) -> LinkRefused:
    """Return why a peer was not let in."""
    (dialer,) = peer._dialers()
    failed: list[Any] = []
    dialer.when_linked(1).addErrback(failed.append)
    network.clock.advance(40)
    (failure,) = failed
    assert isinstance(failure.value, LinkRefused)
    return failure.value


@pytest.mark.parametrize(
    ("credentials", "principal"),
    [(PRESS, "press"), (Password("ann", "pencil"), "ann"), (PlainPassword("bob", "pen"), "bob")],
)
def test_whoever_proves_who_they_are_is_that_principal_to_methods(
    network: Network, asking: Hub, credentials: Any, principal: str
) -> None:
    asking.add(Desk())
    peer = network.peer(credentials=credentials)

    assert network.result(peer.call("desk", "who")) == principal


def test_what_a_peer_offers_bears_its_principal(network: Network, asking: Hub) -> None:
    network.peer(credentials=PRESS).add(Desk())
    network.settle()

    assert [each.principal for each in asking.instances("desk")] == ["press"]


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (None, "mechanism"),
        (Token("press", "another-token-of-mine"), "denied"),
        (Password("ann", "pen"), "denied"),
        (PlainPassword("bob", "pencil"), "denied"),
        (Certificate(), "denied"),
    ],
)
def test_whoever_does_not_is_told_so_and_no_more(network: Network, asking: Hub, credentials: Any, code: str) -> None:
    peer = network.peer(credentials=credentials)

    assert refusal_of(network, peer).code == code
    with pytest.raises(ServiceUnavailable):
        network.result(peer.call("desk", "who"))


def test_whoever_has_no_credentials_is_told_what_to_give(network: Network, asking: Hub) -> None:
    text = str(refusal_of(network, network.peer()))

    assert "give credentials" in text
    assert "'token' or 'scram-sha-256'" in text


def test_a_hub_that_does_not_know_the_secret_is_not_believed(network: Network, files: Path) -> None:
    (files / "others").write_text("press:another-token-of-mine\n")
    (files / "others").chmod(0o600)

    class Liar(TokenAuthenticator):
        """Lets everybody in, so as to hear what they say."""

        def examine(self, newcomer: Newcomer) -> Any:
            steps = iter((Challenge(bytes(32)), Challenge(bytes(32)), Granted("press")))

            class Lying:
                def step(self, told: bytes | None) -> Any:
                    return next(steps)

            return Lying()

    network.hub(authenticators=[Liar(files / "others", network.clock.seconds)])
    peer = network.peer(credentials=PRESS)
    network.settle()

    (dialer,) = peer._dialers()
    assert "does not know the token" in dialer.why_not_linked()


def test_a_hub_that_never_ends_asking_is_left(network: Network, files: Path, logbook: Logbook) -> None:
    class Curious(TokenAuthenticator):
        """Always has one more question."""

        def examine(self, newcomer: Newcomer) -> Any:
            class Asking:
                def step(self, told: bytes | None) -> Any:
                    return Challenge(b"")

            return Asking()

    network.hub(authenticators=[Curious(files / "tokens", network.clock.seconds)])
    text = str(refusal_of(network, network.peer(credentials=Certificate2())))
    assert "asks more than there is room for" in text


class Certificate2:
    """Credentials that answer anything."""

    mechanism = "token"
    needs_privacy = False

    def begin(self, identity: bytes) -> Any:
        return self

    def answer(self, challenge: bytes) -> bytes:
        return b"?"


# Hubs


def test_only_those_that_are_named_are_believed_as_hubs(network: Network, asking: Hub) -> None:
    other = network.hub("oslo", credentials=PRESS)
    network.join(other, asking)
    network.clock.advance(5)
    assert not asking._switch.hubs

    friend = network.hub("rome", credentials=Token("rome", "a-token-of-the-hubs"))
    network.join(friend, asking)
    network.clock.advance(5)
    assert [port.principal for port in asking._switch.hubs] == ["rome"]


def test_a_password_makes_no_hub(network: Network, files: Path) -> None:
    (files / "passwords").write_text(line_of("rome", "pencil"))
    authenticator = PasswordAuthenticator(files / "passwords", network.clock.seconds)
    hub = network.hub(authenticators=[authenticator], hubs=["*"])
    network.join(network.hub(credentials=Password("rome", "pencil")), hub)
    network.clock.advance(5)

    assert not hub._switch.hubs


@pytest.mark.parametrize("hubs", [[""], ["rome"], [], ["?*"]])
def test_who_is_not_asked_is_believed_as_a_hub_only_if_everybody_is(network: Network, hubs: list[str]) -> None:
    hub = network.hub(hubs=hubs)
    network.join(network.hub(), hub)
    network.clock.advance(5)

    assert not hub._switch.hubs


def test_principals_that_are_believed_as_hubs_are_patterns_as_those_of_a_policy_are(
    network: Network, files: Path
) -> None:
    hub = network.hub(authenticators=[TokenAuthenticator(files / "tokens", network.clock.seconds)], hubs=["r[a-z]me"])
    network.join(network.hub(credentials=Token("rome", "a-token-of-the-hubs")), hub)
    network.clock.advance(5)

    assert not hub._switch.hubs


def test_a_hub_that_asks_nobody_may_believe_nobody_either(network: Network) -> None:
    hub = network.hub(hubs=[])
    network.join(network.hub(), hub)
    network.clock.advance(5)

    assert not hub._switch.hubs


# Attacks


@pytest.fixture
def stranger(asking: Hub) -> Iterator[Callable[..., Stranger]]:
    door = Door(asking)
    made: list[Stranger] = []

    def make(name: str = "mallory") -> Stranger:
        made.append(Stranger(door, name))
        return made[-1]

    yield make
    for each in made:
        each.leave()


def test_a_proof_that_nobody_asked_for_ends_the_link(stranger: Callable[..., Stranger]) -> None:
    mallory = stranger()
    mallory.say(mallory.hello(mechanism="token"), encode(Kind.PROOF, b"", (b"x",)), encode(Kind.PROOF, b"", (b"x",)))

    assert mallory.bye()[0] == "mechanism"


def test_traffic_before_the_proof_ends_the_link(stranger: Callable[..., Stranger]) -> None:
    mallory = stranger()
    mallory.say(mallory.hello(mechanism="token"), encode(Kind.READY))

    assert mallory.bye()[0] == "protocol"


def test_a_name_and_password_are_not_asked_for_where_others_can_read(
    network: Network, stranger: Callable[..., Stranger]
) -> None:
    mallory = stranger()
    mallory.transport.peerAddr = IPv4Address("TCP", "192.0.2.1", 54321)
    mallory.say(mallory.hello(mechanism="plain"))
    network.clock.advance(1.5)

    assert mallory.bye() == ("denied", "names and passwords are told in full, so only over TLS or on one machine")


def test_nobody_takes_over_an_identity_that_another_principal_has(network: Network, asking: Hub) -> None:
    class Thief(Exchange):
        """Knows the secret of another."""

    entropy = lambda size: bytes(size)  # noqa: E731
    owner = Exchange(network.clock, credentials=PRESS, entropy=entropy)
    thief = Thief(network.clock, credentials=Token("shop", "a-token-of-the-shop"), entropy=entropy)
    from exchange.memory import Place, WayTo

    for each in (owner, thief):
        each.connect(WayTo(Place(network._moves), network._places[asking]), retry=None)
        each.startService()
        network.settle()
    assert owner.identity == thief.identity
    assert [link.principal for link in asking._links.attached] == ["press"]
    assert "somebody else" in thief._dialers()[0].why_not_linked()
    for each in (owner, thief):
        each.stopService()
    network.clock.advance(2)


def prove(mallory: Stranger, credentials: Token, is_greeted: bool = False) -> None:
    """Pass the examination, and say nothing more."""
    if not is_greeted:
        mallory.say(mallory.hello(mechanism="token"))
    proving = credentials.begin(mallory.identity)
    for _ in range(2):
        (challenge,) = mallory.heard()
        mallory.say(encode(Kind.PROOF, b"", (proving.answer(challenge[2][0]),)))


def test_nobody_takes_over_an_identity_while_the_other_is_still_being_greeted(
    network: Network, asking: Hub, stranger: Callable[..., Stranger]
) -> None:
    owner, thief = stranger("the same"), stranger("the same")
    prove(owner, PRESS)
    prove(thief, Token("shop", "a-token-of-the-shop"))
    owner.say(encode(Kind.READY))
    network.settle()

    assert [frame[0] for frame in owner.heard()] == [Kind.WELCOME]
    assert "somebody else" in thief.bye()[1]
    assert [link.principal for link in asking._links.attached] == ["press"]


def test_whoever_breaks_off_before_its_examination_begins_is_not_let_in(
    network: Network, tmp_path: Path, logbook: Logbook
) -> None:
    class Sure(TokenAuthenticator):
        """Knows at once who everybody is, as TLS does."""

        def examine(self, newcomer: Newcomer) -> Any:
            class Knowing:
                def step(self, told: bytes | None) -> Any:
                    return Granted("press")

            return Knowing()

    (tmp_path / "tokens").write_text("press:a-token-of-the-press")
    hub = network.hub(authenticators=[Sure(tmp_path / "tokens", network.clock.seconds)])
    door = Door(hub)
    for _ in range(10):
        hub._links.doubts.strikes.add(b"127.0.0.1")
    mallory = Stranger(door)
    mallory.say(mallory.hello(mechanism="token"))
    mallory.say(encode(Kind.READY))
    network.clock.advance(1.1)
    mallory.leave()

    assert hub._links._accepted == {}, "nothing of it is left"
    assert hub._links.doubts.strikes.are_many(b"127.0.0.1"), "and nothing is forgiven"


def test_whoever_knows_a_secret_may_not_guess_those_of_others_for_ever(
    network: Network, asking: Hub, stranger: Callable[..., Stranger]
) -> None:
    doubts = asking._links.doubts
    for round_ in range(2):
        for number in range(9):
            mallory = stranger(f"guess {round_} {number}")
            guessing(mallory)
            mallory.leave()
        mallory = stranger(f"login {round_}")
        prove(mallory, Token("shop", "a-token-of-the-shop"))
        mallory.leave()
        assert not doubts.strikes.are_many(b"127.0.0.1")
    guessing(mallory := stranger("once more"))
    mallory.leave()
    assert doubts.strikes.are_many(b"127.0.0.1"), "the second login has forgiven nothing"

    network.clock.advance(FORGIVES_EVERY)
    friend = stranger("a friend")
    friend.say(friend.hello(mechanism="token"))
    network.clock.advance(DELAY + 0.1)
    prove(friend, PRESS, is_greeted=True)
    assert not doubts.strikes.are_many(b"127.0.0.1")


def test_of_those_who_were_forgiven_only_so_many_are_known() -> None:
    doubts = Doubts(lambda: 100.0)
    for number in range(MOST_KNOWN + 1):
        doubts.strikes.add(b"%d" % number)
        doubts.forgive(b"%d" % number)
    doubts.strikes.add(b"0")
    doubts.forgive(b"0")
    assert len(doubts.strikes) == 0, "the first is known no more as one who was forgiven"
    doubts.strikes.add(b"1000")
    doubts.forgive(b"1000")
    assert len(doubts.strikes) == 1


def test_failures_of_one_network_of_ipv6_are_failures_of_all_its_addresses(
    network: Network, asking: Hub, stranger: Callable[..., Stranger]
) -> None:
    for number in range(10):
        mallory = stranger(f"mallory{number}")
        mallory._link.address = f"2001:db8::{number}".encode()
        guessing(mallory)
        network.clock.advance(1.1)
        assert mallory.bye()[0] == "denied"
    assert asking._links.doubts.strikes.are_many(counted_by(b"2001:db8::ffff"))
    assert not asking._links.doubts.strikes.are_many(counted_by(b"2001:db8:0:1::1"))


def guessing(mallory: Stranger) -> None:
    mallory.say(mallory.hello(mechanism="token"))
    assert [frame[0] for frame in mallory.heard()] == [Kind.CHALLENGE]
    mallory.say(encode(Kind.PROOF, b"", (bytes(64) + b"press",)))


def guess(network: Network, stranger: Callable[..., Stranger], name: str) -> Stranger:
    mallory = stranger(name)
    mallory.say(mallory.hello(mechanism="token"))
    frames = mallory.heard()
    if [frame[0] for frame in frames] == [Kind.CHALLENGE]:
        mallory.say(encode(Kind.PROOF, b"", (bytes(64) + b"press",)))
    mallory.answers = [str(frame[2][0]) for frame in frames if frame[0] == Kind.BYE]  # type: ignore[attr-defined]
    return mallory


def test_guessing_takes_for_ever_and_those_who_know_are_let_in_still(
    network: Network, asking: Hub, stranger: Callable[..., Stranger]
) -> None:
    for number in range(10):
        mallory = guess(network, stranger, f"mallory{number}")
        assert mallory.heard() == [], "a failure is not told at once"
        network.clock.advance(1.1)
        assert mallory.bye()[0] == "denied"
        mallory.leave()
    crowd = [guess(network, stranger, f"crowd{number}") for number in range(6)]
    assert [each.answers for each in crowd] == [[]] * 4 + [["greeting"]] * 2  # type: ignore[attr-defined]
    assert not any(each.heard() for each in crowd[:4]), "they are not even asked for a second"

    asking.add(Desk())
    assert network.result(network.peer(credentials=PRESS).call("desk", "who")) == "press"
    for each in crowd:
        each.leave()
    assert asking._links.doubts._under_way == {}


def test_a_verdict_that_comes_late_is_for_nobody_who_has_gone(network: Network, files: Path, logbook: Logbook) -> None:
    verdicts: list[Deferred[Any]] = []

    class Slow(TokenAuthenticator):
        """Thinks for long."""

        def examine(self, newcomer: Newcomer) -> Any:
            class Thinking:
                def step(self, told: bytes | None) -> Any:
                    verdicts.append(Deferred())
                    return verdicts[-1]

            return Thinking()

    hub = network.hub(authenticators=[Slow(files / "tokens", network.clock.seconds)])
    door = Door(hub)
    first, second, third = (Stranger(door, name) for name in ("a", "b", "c"))
    for each in (first, second, third):
        each.say(each.hello(mechanism="token"))
    first.leave()
    verdicts[0].callback(Granted("press"))
    verdicts[1].errback(RuntimeError("no database"))
    verdicts[2].callback(Denied("not today"))
    network.clock.advance(1.1)

    assert second.bye()[0] == "denied"
    assert third.bye() == ("denied", "not today")
    assert logbook.failures() == ["RuntimeError: no database"]
    for each in (second, third):
        each.leave()
