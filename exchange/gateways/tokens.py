"""Bearer tokens: whoever shows one that stands in a file is its principal.

A line of the file is ``principal:token``. A principal may have several lines, so that
a token can be replaced without a pause.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from twisted.cred.credentials import ICredentials
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import Deferred, fail, succeed
from twisted.logger import Logger
from zope.interface import Attribute, implementer

from exchange.gateways.checkers import IQuickChecker
from exchange.gateways.remembered import Seal
from exchange.lines import LineFile, Unusable

TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What a token looks like, as RFC 6750 has it."""

SHORTEST_TOKEN = 16
"""In characters; shorter ones can be guessed."""


class IBearerToken(ICredentials):
    """A token, as it came with a request; for checkers of `twisted.cred`."""

    token = Attribute("The token, as bytes.")


@implementer(IBearerToken)
class BearerToken:
    """A token, which it shows to nobody who does not ask for it by name."""

    __slots__ = ("token",)

    def __init__(self, token: bytes) -> None:
        self.token = token


@implementer(IQuickChecker)
class TokenFile:
    """A checker of `twisted.cred` that knows the tokens of a file, which is read again when it has changed.

    Args:
        path: Where it is. It should be readable by this process alone; the log says if it is not.
        reactor: The reactor, or a clock in tests.

    Raises:
        ConfigurationError: It cannot be read, or a line cannot be used; the text has its number.
    """

    log = Logger()
    credentialInterfaces = (IBearerToken,)

    def __init__(self, path: str | Path, reactor: Any) -> None:
        self._seal = Seal()
        self._file: LineFile[bytes] = LineFile(path, self._entry_of, reactor.seconds)
        if self._file.is_open_to_all:
            text = "{path} can be read by every user of this machine, and the tokens in it used; chmod o-r {path}"
            self.log.warn(text, path=self._file.path)

    def recall(self, credentials: Any) -> bytes | None:
        """Return whose token this is, if it is anybody's."""
        self._file.has_changed()
        return self._file.entries.get(self._seal.of(credentials.token))

    def requestAvatarId(self, credentials: Any) -> Deferred[Any]:
        """Return a Deferred of whose token this is."""
        principal = self.recall(credentials)
        return fail(UnauthorizedLogin()) if principal is None else succeed(principal)

    def _entry_of(self, line: str) -> tuple[bytes, bytes]:
        principal, found, token = line.strip().rpartition(":")
        principal, token = principal.strip(), token.strip()
        if not found or not principal:
            raise Unusable("expected principal:token")
        if not principal.isprintable():
            raise Unusable("the principal has characters that cannot be printed")
        if not TOKEN.fullmatch(token):
            raise Unusable("a token has letters, digits and . _ ~ + / - only, and perhaps = at its end")
        if len(token) < SHORTEST_TOKEN:
            mend = "make one with python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
            raise Unusable(f"the token has {len(token)} characters, and {SHORTEST_TOKEN} are the fewest; {mend}")
        return self._seal.of(token.encode()), principal.encode()
