"""Checkers of `twisted.cred`: a name and a password, told in full where nobody else can read them."""

from __future__ import annotations

from typing import Any

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import IUsernamePassword, UsernamePassword
from twisted.cred.error import LoginFailed
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from exchange.errors import ConfigurationError
from exchange.net.examination import Challenge, Denied, Granted, Newcomer, Unproved, Verdict, check_principal
from exchange.wire.identities import Identity
from exchange.wire.layouts import is_word

MECHANISM = "plain"


class PlainPassword:
    """Credentials: a name and a password, for a hub that has a checker of its own.

    They are told as they are, so only over TLS, or to a hub of the same machine.

    Raises:
        ConfigurationError: The name is no principal.
    """

    mechanism = MECHANISM
    needs_privacy = True

    def __init__(self, name: str, password: str) -> None:
        check_principal(name)
        self.principal = name
        self._password = password

    def __repr__(self) -> str:
        return f"<plain password of {self.principal!r}>"

    def begin(self, identity: Identity) -> ProvingPlainly:
        """Begin to prove it on one link."""
        return ProvingPlainly(b"\0".join((self.principal.encode(), self._password.encode())))


class ProvingPlainly:
    """The peer's side on one link; who the hub is, TLS has found out."""

    is_satisfied = True

    def __init__(self, told: bytes) -> None:
        self._told = told

    def answer(self, challenge: bytes) -> bytes:
        """Return name and password, once."""
        told, self._told = self._told, b""
        if not told:
            raise Unproved("the hub asks for more than a name and a password")
        return told


class CheckerAuthenticator:
    """Asks a checker who somebody is.

    Args:
        checker: It takes `IUsernamePassword` and gives the id of an avatar, as text or bytes: the principal.

    Raises:
        ConfigurationError: It is no such checker.
    """

    mechanism = MECHANISM
    proves_hubs = False
    log = Logger()

    def __init__(self, checker: Any) -> None:
        if not ICredentialsChecker.providedBy(checker) or IUsernamePassword not in checker.credentialInterfaces:
            raise ConfigurationError(f"{checker!r} is no checker of twisted.cred for names and passwords")
        self._checker = checker

    def examine(self, newcomer: Newcomer) -> PlainExamination:
        """Begin to find out who that is."""
        return PlainExamination(self, newcomer.is_private)

    def ask(self, name: bytes, password: bytes) -> Deferred[Verdict]:
        """Ask the checker; its own errors let nobody in."""
        asked = maybeDeferred(self._checker.requestAvatarId, UsernamePassword(name, password))
        return asked.addCallbacks(_verdict_of, self._failed)

    def _failed(self, failure: Failure) -> Verdict:
        if not failure.check(LoginFailed):
            self.log.failure("a checker of credentials failed; nobody was let in", failure)
        return Denied()


class PlainExamination:
    """The hub's side on one link."""

    def __init__(self, authenticator: CheckerAuthenticator, is_private: bool) -> None:
        self._authenticator = authenticator
        self._is_private = is_private

    def step(self, told: bytes | None) -> Verdict | Deferred[Verdict]:
        """Ask for name and password, and the checker about them."""
        if not self._is_private:
            return Denied("names and passwords are told in full, so only over TLS or on one machine")
        if told is None:
            return Challenge(b"")
        name, found, password = told.partition(b"\0")
        return self._authenticator.ask(name, password) if found and name else Denied()


def _verdict_of(avatar: Any) -> Verdict:
    try:
        principal = avatar.decode() if isinstance(avatar, bytes) else str(avatar or "")
    except UnicodeDecodeError:  # made fit, it could be somebody else's
        return Denied()
    return Granted(principal) if principal and is_word(principal) else Denied()
