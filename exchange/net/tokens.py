"""Tokens: a secret that both ends know, and that never crosses the link.

The hub sends a random number; the peer answers with one of its own and with a keyed digest
of both numbers and of its identity; the hub with another digest, so that the peer too knows
with whom it speaks. What was heard once is of no use on another link.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from hmac import compare_digest, digest
from os import urandom
from pathlib import Path

from exchange.errors import ConfigurationError
from exchange.lines import LineFile, Unusable
from exchange.net.examination import Challenge, Denied, Granted, Newcomer, Unproved, Verdict, check_principal
from exchange.wire.identities import Identity
from exchange.wire.layouts import is_word

MECHANISM = "token"
NUMBER_SIZE = DIGEST_SIZE = 32
SHORTEST_TOKEN = 16
"""In characters; shorter ones can be guessed."""

PEER, HUB = b"exchange token, peer", b"exchange token, hub"
MEND = "make one with python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


def proof_of(token: bytes, who: bytes, numbers: bytes, identity: Identity) -> bytes:
    """Return the digest that proves the knowledge of a token on one link."""
    return digest(token, who + numbers + identity, sha256)


def check_token(token: str) -> None:
    """Raise `Unusable` for what is no token."""
    if len(token) < SHORTEST_TOKEN:
        raise Unusable(f"the token has {len(token)} characters, and {SHORTEST_TOKEN} are the fewest; {MEND}")
    if not token.isprintable() or " " in token:
        raise Unusable("a token has no spaces, and no characters that cannot be printed")


class Token:
    """Credentials: a principal, and the token by which hubs know it.

    Raises:
        ConfigurationError: The token is too short, or one of the two cannot be.
    """

    mechanism = MECHANISM
    needs_privacy = False

    def __init__(self, principal: str, token: str) -> None:
        check_principal(principal)
        try:
            check_token(token)
        except Unusable as error:
            raise ConfigurationError(str(error)) from None
        self.principal = principal
        self._token = token.encode()

    def __repr__(self) -> str:
        return f"<token of {self.principal!r}>"

    def begin(self, identity: Identity) -> ProvingToken:
        """Begin to prove it on one link."""
        return ProvingToken(self.principal, self._token, identity)


class ProvingToken:
    """The peer's side on one link."""

    def __init__(self, principal: str, token: bytes, identity: Identity) -> None:
        self._principal = principal
        self._token = token
        self._identity = identity
        self._numbers = b""
        self.is_satisfied = False

    def answer(self, challenge: bytes) -> bytes:
        """Return our number, our proof and our name; then nothing, if the hub knows the token too."""
        if not self._numbers:
            if len(challenge) != NUMBER_SIZE:
                raise Unproved("the hub's number is not as long as it must be")
            own = urandom(NUMBER_SIZE)
            self._numbers = challenge + own
            return own + proof_of(self._token, PEER, self._numbers, self._identity) + self._principal.encode()
        if not compare_digest(challenge, proof_of(self._token, HUB, self._numbers, self._identity)):
            raise Unproved("the hub does not know the token that it should")
        self.is_satisfied = True
        return b""


class TokenAuthenticator:
    """Knows the tokens of a file: lines ``principal:token``, read again when the file has changed.

    A principal may have several, so that one can be replaced without a pause.

    Args:
        path: The file; only the hub should be able to read it.
        clock: Returns the time in seconds.

    Raises:
        ConfigurationError: It cannot be read, or a line cannot be used; the text has its number.
    """

    mechanism = MECHANISM
    proves_hubs = True

    def __init__(self, path: str | Path, clock: Callable[[], float]) -> None:
        self._file: LineFile[tuple[str, bytes]] = LineFile(path, _entry_of, clock)
        if self._file.is_open_to_all:
            text = "{path} can be read by every user of this machine, and the tokens in it used; chmod o-r {path}"
            self._file.log.warn(text, path=self._file.path)

    def examine(self, newcomer: Newcomer) -> TokenExamination:
        """Begin to find out whose token somebody has."""
        self._file.has_changed()
        return TokenExamination(newcomer.identity, self._tokens_of)

    def knows(self, principal: str) -> bool:
        """Whether there is a token of somebody, by now."""
        self._file.has_changed()
        return bool(self._tokens_of(principal))

    def principal_of(self, token: str) -> str | None:
        """Return whose token this is, if it is anybody's: of somebody who says it in full."""
        self._file.has_changed()
        said = token.encode()
        found = [name for name, known in self._file.entries.values() if compare_digest(known, said)]
        return found[0] if found else None

    def _tokens_of(self, principal: str) -> list[bytes]:
        return [token for name, token in self._file.entries.values() if name == principal]


class TokenExamination:
    """The hub's side on one link."""

    def __init__(self, identity: Identity, tokens_of: Callable[[str], list[bytes]]) -> None:
        self._identity = identity
        self._tokens_of = tokens_of
        self._number = b""
        self._principal = ""

    def step(self, told: bytes | None) -> Verdict:
        """Send a number, look at what comes back, and prove in our turn that we know the token."""
        if told is None:
            self._number = urandom(NUMBER_SIZE)
            return Challenge(self._number)
        if self._principal:
            return Granted(self._principal)
        own, proof, name = told[:NUMBER_SIZE], told[NUMBER_SIZE:][:DIGEST_SIZE], told[NUMBER_SIZE + DIGEST_SIZE :]
        numbers = self._number + own
        principal = name.decode("utf-8", "replace")
        # Whoever is not known is compared with a token that nobody has, which takes as long.
        for token in self._tokens_of(principal) or [urandom(NUMBER_SIZE)]:
            if compare_digest(proof, proof_of(token, PEER, numbers, self._identity)):
                self._principal = principal
                return Challenge(proof_of(token, HUB, numbers, self._identity))
        return Denied()


def _entry_of(line: str) -> tuple[bytes, tuple[str, bytes]]:
    principal, found, token = line.strip().partition(":")
    principal, token = principal.strip(), token.strip()
    if not found or not principal:
        raise Unusable("expected principal:token")
    if not is_word(principal):
        raise Unusable("a principal has at most 255 bytes that can be printed")
    check_token(token)
    return token.encode(), (principal, token.encode())
