"""Checkers: what a gateway adds to those of `twisted.cred`."""

from __future__ import annotations

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.error import UnauthorizedLogin

from exchange.gateways.checkers import IQuickChecker, RefusedLogin


def test_a_quick_checker_is_a_checker_of_twisted_too() -> None:
    assert IQuickChecker.isOrExtends(ICredentialsChecker)


def test_a_refused_login_is_unauthorized_wherever_that_is_asked() -> None:
    assert issubclass(RefusedLogin, UnauthorizedLogin)
