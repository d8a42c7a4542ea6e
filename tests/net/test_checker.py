"""Checkers of `twisted.cred` decide, where nobody else can read names and passwords."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.credentials import IAnonymous, IUsernamePassword
from twisted.internet.defer import Deferred

from exchange import CheckerAuthenticator, ConfigurationError, PlainPassword
from exchange.net.checker import _verdict_of
from exchange.net.examination import Challenge, Denied, Granted, Newcomer, Unproved, Verdict
from exchange.wire.identities import Identity
from tests.logbook import Logbook

WHO = Identity(b"i" * 16)
HERE = Newcomer(WHO, is_private=True)


def known() -> Any:
    return InMemoryUsernamePasswordDatabaseDontUse(ann=b"pencil")


def verdict_of(checker: Any, password: PlainPassword) -> Verdict:
    examination, proving = CheckerAuthenticator(checker).examine(HERE), password.begin(WHO)
    assert examination.step(None) == Challenge(b"")
    found: list[Verdict] = []
    verdict = examination.step(proving.answer(b""))
    assert isinstance(verdict, Deferred)
    verdict.addCallback(found.append)
    return found[0]


def test_the_checker_says_who_it_is() -> None:
    assert verdict_of(known(), PlainPassword("ann", "pencil")) == Granted("ann")


@pytest.mark.parametrize(("name", "password"), [("ann", "pen"), ("bob", "pencil"), ("ann", "")])
def test_the_checker_says_who_it_is_not(name: str, password: str) -> None:
    assert verdict_of(known(), PlainPassword(name, password)) == Denied()


@pytest.mark.parametrize("avatar", [b"ann\xff", "ann\n", "\ud800", b"", (), None])
def test_what_is_no_text_is_no_principal_and_never_that_of_another(avatar: Any) -> None:
    assert _verdict_of(avatar) == Denied()


def test_a_checker_that_fails_lets_nobody_in(logbook: Logbook) -> None:
    class Broken:
        credentialInterfaces = (IUsernamePassword,)

        def requestAvatarId(self, credentials: Any) -> Any:
            raise RuntimeError("no database")

    from twisted.cred.checkers import ICredentialsChecker
    from zope.interface import directlyProvides

    broken = Broken()
    directlyProvides(broken, ICredentialsChecker)
    assert verdict_of(broken, PlainPassword("ann", "pencil")) == Denied()
    assert logbook.failures() == ["RuntimeError: no database"]


@pytest.mark.parametrize("told", [b"", b"ann", b"\0pencil"])
def test_what_is_no_name_and_password_is_denied(told: bytes) -> None:
    examination = CheckerAuthenticator(known()).examine(HERE)
    examination.step(None)
    assert examination.step(told) == Denied()


def test_where_others_can_read_nothing_is_asked() -> None:
    assert isinstance(CheckerAuthenticator(known()).examine(Newcomer(WHO)).step(None), Denied)


def test_it_is_told_once() -> None:
    proving = PlainPassword("ann", "pencil").begin(WHO)
    assert proving.answer(b"") == b"ann\0pencil"
    with pytest.raises(Unproved):
        proving.answer(b"")


@pytest.mark.parametrize("checker", [None, object(), IAnonymous])
def test_what_is_no_checker_is_refused_at_once(checker: Any) -> None:
    with pytest.raises(ConfigurationError, match="checker"):
        CheckerAuthenticator(checker)


def test_a_plain_password_is_not_shown() -> None:
    assert repr(PlainPassword("ann", "pencil")) == "<plain password of 'ann'>"
