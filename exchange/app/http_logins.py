"""Who asks the site of a hub: those who may link with it, by what they would prove it with.

A token of the token file comes as a bearer, or as a password under the name of its principal; a
password of the password file, or of the checker, as such. A certificate is shown to TLS.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import IUsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import Deferred, fail, maybeDeferred, succeed
from twisted.web import http
from twisted.web.server import Request
from zope.interface import implementer

from exchange.gateways.checkers import IQuickChecker
from exchange.gateways.logins import Logins
from exchange.gateways.passwords import Run, Threads
from exchange.gateways.refusals import Refusal
from exchange.gateways.remembered import Remembered
from exchange.gateways.terms import Guard, Identified
from exchange.gateways.tokens import IBearerToken
from exchange.net.certificate import CertificateAuthenticator
from exchange.net.checker import CheckerAuthenticator
from exchange.net.examination import Authenticator, Granted, Verdict
from exchange.net.passwords import PasswordAuthenticator, Verifier, is_right
from exchange.net.surroundings import certificate_name_of
from exchange.net.tokens import TokenAuthenticator
from exchange.wire.layouts import is_word

UNSHOWN = Refusal(http.UNAUTHORIZED, "nobody has shown a certificate of our authority, by which this hub knows people")


def guard_of(authenticators: Iterable[Authenticator], reactor: Any, run: Run | None = None) -> Guard | None:
    """Return what finds out who asks; ``None`` if the hub asks nobody.

    Args:
        run: Runs what takes long, in place of a thread.
    """
    known = list(authenticators)
    checkers: list[ICredentialsChecker] = []
    for each in known:
        if isinstance(each, TokenAuthenticator):
            checkers.append(Tokens(each))
        elif isinstance(each, PasswordAuthenticator):
            checkers.append(Passwords(each, reactor, run))
        elif isinstance(each, CheckerAuthenticator):
            checkers.append(Checked(each))
    logins = Logins(checkers, reactor) if checkers else None
    if any(isinstance(each, CertificateAuthenticator) for each in known):
        return Certificates(logins)
    return logins


class Certificates:
    """A `Guard` that takes the word of TLS, and asks another where nobody has shown a certificate."""

    def __init__(self, others: Guard | None) -> None:
        self._others = others

    def identify(self, request: Request) -> Identified | Deferred[Identified]:
        """Return who asks, or why they may not."""
        name = certificate_name_of(request.transport)
        if name and is_word(name):
            return name
        return UNSHOWN if self._others is None else self._others.identify(request)


@implementer(IQuickChecker)
class Tokens:
    """A checker of `twisted.cred` that knows the tokens by which a hub knows those who link with it."""

    credentialInterfaces = (IBearerToken, IUsernamePassword)

    def __init__(self, authenticator: TokenAuthenticator) -> None:
        self._authenticator = authenticator

    def recall(self, credentials: Any) -> bytes | None:
        """Return whose token this is, if it is anybody's; with a name, it must be theirs."""
        has_name = IUsernamePassword.providedBy(credentials)
        token: bytes = credentials.password if has_name else credentials.token
        principal = self._authenticator.principal_of(token.decode("utf-8", "replace"))
        if principal is None or (has_name and credentials.username != principal.encode()):
            return None
        return principal.encode()

    def requestAvatarId(self, credentials: Any) -> Deferred[Any]:
        """Return a Deferred of whose token this is."""
        principal = self.recall(credentials)
        return fail(UnauthorizedLogin()) if principal is None else succeed(principal)


@implementer(IQuickChecker)
class Passwords:
    """A checker of `twisted.cred` that knows the passwords of a hub; what was right is remembered for a few minutes."""

    credentialInterfaces = (IUsernamePassword,)

    def __init__(self, authenticator: PasswordAuthenticator, reactor: Any, run: Run | None = None) -> None:
        self._authenticator = authenticator
        self._known = Remembered(reactor.seconds)
        self._run = run or Threads(reactor).run

    def recall(self, credentials: Any) -> bytes | None:
        """Return whose name and password these are, if they were found right a while ago, and count still."""
        name, password = credentials.username, credentials.password
        return self._known.recall(name, password, *_sealed(self._verifier_of(name)))

    def requestAvatarId(self, credentials: Any) -> Deferred[Any]:
        """Return a Deferred of whose name and password these are."""
        name, password = credentials.username, credentials.password
        verifier = self._verifier_of(name)
        checking = self._run(partial(is_right, password.decode("utf-8", "replace"), verifier))
        return checking.addCallback(self._checked, name, password, verifier)

    def _checked(self, is_known: bool, name: bytes, password: bytes, verifier: Verifier) -> bytes:
        # The file may have changed meanwhile; what it said before counts no more.
        if not is_known or self._verifier_of(name) != verifier:
            raise UnauthorizedLogin()
        self._known.keep(name, name, password, *_sealed(verifier))
        return name

    def _verifier_of(self, name: bytes) -> Verifier:
        return self._authenticator.verifier_of(name.decode("utf-8", "replace"))


@implementer(ICredentialsChecker)
class Checked:
    """A checker of `twisted.cred` that lets those in whom the checker of a hub knows, and nobody without a name."""

    credentialInterfaces = (IUsernamePassword,)

    def __init__(self, authenticator: CheckerAuthenticator) -> None:
        self._authenticator = authenticator

    def requestAvatarId(self, credentials: Any) -> Deferred[Any]:
        """Return a Deferred of who that is."""
        asked = maybeDeferred(self._authenticator.ask, credentials.username, credentials.password)
        return asked.addCallback(_principal_of)


def _principal_of(verdict: Verdict) -> bytes:
    if not isinstance(verdict, Granted):
        raise UnauthorizedLogin()
    return verdict.principal.encode()


def _sealed(verifier: Verifier) -> tuple[bytes, bytes]:
    return verifier.salt, verifier.stored_key
