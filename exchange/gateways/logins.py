"""Logins: who asks, by the ``Authorization`` of their request and checkers of `twisted.cred`.

::

    guard = Logins([PasswordFile("passwords", reactor), TokenFile("tokens", reactor)], reactor)
    root.putChild(b"rpc", XmlRpcGateway(exchange, guard=guard))

Whoever a checker names is the principal that methods see. What no checker takes, and
what cannot be understood, is refused; so is everybody while a checker fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from twisted.cred.checkers import ANONYMOUS, ICredentialsChecker
from twisted.cred.credentials import Anonymous, ICredentials, UsernamePassword
from twisted.cred.error import LoginFailed
from twisted.internet.defer import Deferred, TimeoutError, maybeDeferred
from twisted.logger import Logger
from twisted.web import http
from twisted.web.server import Request

from exchange.gateways.authorization import Malformed, read_authorization
from exchange.gateways.checkers import IQuickChecker, RefusedLogin
from exchange.gateways.checks import Checks, Claim
from exchange.gateways.gate import BROKEN
from exchange.gateways.refusals import Refusal
from exchange.gateways.remembered import Seal
from exchange.gateways.terms import Identified
from exchange.gateways.tokens import BearerToken

REALM = "exchange"

PATIENCE = 20.0
"""Seconds for a checker to answer; one that never does would soon leave no room for others."""

LATE = Refusal(http.SERVICE_UNAVAILABLE, "who asks could not be found out in time; try again later")

NETWORK_BITS = 64
"""Of an IPv6 address: whoever has one usually has the whole network."""


class Logins:
    """A `Guard` that asks checkers.

    Of several that take one kind of credentials, each is asked until one knows who it is.
    Somebody who fails ten times under one name, from one address, has to wait before
    they are heard again; what a quick checker recalls is let in even then.

    Args:
        checkers: They take names and passwords, tokens (`IBearerToken`), or those who say nothing (`IAnonymous`).
        reactor: The reactor, or a clock in tests.
        realm: What the login is for, as browsers show it.
    """

    log = Logger()

    def __init__(self, checkers: Iterable[ICredentialsChecker], reactor: Any, realm: str = REALM) -> None:
        self._checkers: list[Any] = list(checkers)
        self._challenges = _challenges(self._checkers, realm)
        self._checks = Checks(reactor.seconds)
        self._reactor = reactor
        self._seal = Seal()

    def identify(self, request: Request) -> Identified | Deferred[Identified]:
        """Return who asks, or why they may not, or a Deferred of that."""
        try:
            credentials = read_authorization(request)
        except Malformed as error:
            return Refusal(http.BAD_REQUEST, str(error))
        able = [] if credentials is None else [each for each in self._checkers if _takes(each, credentials)]
        if credentials is None or not able:
            return self._unknown("a login is needed here")
        try:
            for checker in able:
                known = checker.recall(credentials) if IQuickChecker.providedBy(checker) else None
                if known is not None:
                    return _principal(known)
        except Exception:
            return self._broken()
        return self._checks.make(self._claim(request, credentials), lambda: self._ask(able, credentials))

    async def _ask(self, checkers: list[Any], credentials: ICredentials) -> Identified:
        text = "nobody is known by this login"
        for checker in checkers:
            try:
                asked = maybeDeferred(checker.requestAvatarId, credentials)
                return _principal(await asked.addTimeout(PATIENCE, self._reactor))
            except TimeoutError:
                self.log.error("a checker did not answer within {seconds} seconds", seconds=PATIENCE)
                return LATE
            except RefusedLogin as refused:
                text = str(refused)
            except LoginFailed:
                pass
            except Exception:
                return self._broken()
        return self._unknown(text, credentials)

    def _claim(self, request: Request, credentials: ICredentials) -> Claim:
        said: Any = credentials
        if isinstance(credentials, BearerToken):
            name, parts = b"", [b"bearer", said.token]
        elif isinstance(credentials, Anonymous):
            name, parts = b"", [b"anonymous"]
        else:
            name, parts = said.username, [b"basic", said.username, said.password]
        return Claim(_address_of(request), name, self._seal.of(*parts))

    def _unknown(self, text: str, credentials: ICredentials | None = None) -> Refusal:
        """Return the refusal of somebody whom no checker knows; it says how one may log in here."""
        wrong = b', error="invalid_token"' if isinstance(credentials, BearerToken) else b""
        return Refusal(
            http.UNAUTHORIZED,
            text,
            tuple(
                (b"www-authenticate", challenge + wrong if challenge.startswith(b"Bearer") else challenge)
                for challenge in self._challenges
            ),
        )

    def _broken(self) -> Refusal:
        self.log.failure("a checker failed, and lets nobody in")
        return BROKEN


def _challenges(checkers: Iterable[ICredentialsChecker], realm: str) -> list[bytes]:
    """Return how one may log in with the ``checkers``, as RFC 7617 and RFC 6750 write it."""
    quoted = realm.encode("ascii", "replace").replace(b"\\", b"").replace(b'"', b"")
    offered = [
        (b'Basic realm="%s", charset="UTF-8"' % quoted, UsernamePassword(b"", b"")),
        (b'Bearer realm="%s"' % quoted, BearerToken(b"")),
    ]
    return [challenge for challenge, kind in offered if any(_takes(each, kind) for each in checkers)]


def _takes(checker: ICredentialsChecker, credentials: ICredentials) -> bool:
    return any(interface.providedBy(credentials) for interface in checker.credentialInterfaces)


def _principal(avatar: object) -> str | None:
    """Return the principal for what a checker says; an empty one would be taken for nobody's."""
    if avatar == ANONYMOUS:
        return None
    name = avatar.decode() if isinstance(avatar, bytes) else avatar
    if not isinstance(name, str) or not name:
        raise TypeError(f"a checker must name who it is by bytes or text, not by {type(avatar).__name__}")
    return name


def _address_of(request: Request) -> str:
    """Return from where a request comes, as far as that counts."""
    host = str(getattr(request.getClientAddress(), "host", ""))
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, NETWORK_BITS), strict=False))
