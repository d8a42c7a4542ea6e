"""Passwords: by SCRAM-SHA-256 neither they nor anything that could be said again cross the link.

RFC 5802 and 7677, without channel binding, carried out by ``scramp``. The hub's file holds
what a password can be compared with and not be found out from, save by guessing.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import pbkdf2_hmac, sha256
from hmac import compare_digest, digest
from os import urandom
from pathlib import Path
from typing import Any, NamedTuple

from exchange.errors import ConfigurationError
from exchange.lines import LineFile, Unusable
from exchange.net.examination import Challenge, Denied, Granted, Newcomer, Unproved, Verdict, check_principal
from exchange.wire.identities import Identity
from exchange.wire.layouts import is_word

MECHANISM = "scram-sha-256"
SCHEME = "SCRAM-SHA-256"
ITERATIONS = 20_000
MOST_ITERATIONS = 1_000_000
"""Beyond which a hub would only keep us busy."""

KEY_SIZE = 32
MEND = "a line is made by: exchange password NAME"


class Verifier(NamedTuple):
    """What a password is compared with."""

    salt: bytes
    stored_key: bytes
    server_key: bytes
    iterations: int


def line_of(principal: str, password: str) -> str:
    """Return the line of a password file for somebody.

    Raises:
        ConfigurationError: One of the two cannot be, or ``scramp`` is not installed.
    """
    check_principal(principal)
    if ":" in principal:
        raise ConfigurationError("a principal with a password has no ':' in it")
    try:
        made = Verifier(*_scramp().ScramMechanism(SCHEME).make_auth_info(password, iteration_count=ITERATIONS))
    except _scramp().ScramException as error:
        raise ConfigurationError(f"this cannot be a password: {error}") from None
    salt, stored, server = (b64encode(each).decode() for each in made[:3])
    return f"{principal}:{SCHEME}${made.iterations}:{salt}${stored}:{server}"


def is_right(password: str, verifier: Verifier) -> bool:
    """Return whether this is the password; it takes long, on purpose, and may be done in a thread."""
    from scramp.utils import saslprep

    try:
        prepared = saslprep(password).encode()
    except _scramp().ScramException:
        return False
    salted = pbkdf2_hmac("sha256", prepared, verifier.salt, verifier.iterations)
    stored = sha256(digest(salted, b"Client Key", sha256)).digest()
    return compare_digest(stored, verifier.stored_key)


class Password:
    """Credentials: a principal, and the password by which hubs know it.

    Raises:
        ConfigurationError: One of the two cannot be, or ``scramp`` is not installed.
    """

    mechanism = MECHANISM
    needs_privacy = False

    def __init__(self, principal: str, password: str) -> None:
        check_principal(principal)
        self.principal = principal
        self._password = password
        try:
            self.begin(Identity(b""))
        except _scramp().ScramException as error:
            raise ConfigurationError(f"this cannot be a password: {error}") from None

    def __repr__(self) -> str:
        return f"<password of {self.principal!r}>"

    def begin(self, identity: Identity) -> ProvingPassword:
        """Begin to prove it on one link."""
        return ProvingPassword(_scramp().ScramClient([SCHEME], self.principal, self._password))


class ProvingPassword:
    """The peer's side on one link."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.is_satisfied = False
        self._steps = iter((self._first, self._final, self._end))

    def answer(self, challenge: bytes) -> bytes:
        """Return the next message of SCRAM; at last nothing, if the hub knows the password too."""
        try:
            return str(next(self._steps)(challenge.decode())).encode()
        except (_scramp().ScramException, ValueError, StopIteration) as error:
            text = str(error) or "it asked for more than SCRAM knows"
            raise Unproved(f"the hub does not know the password that it should, or SCRAM: {text}") from None

    def _first(self, told: str) -> str:
        return str(self._client.get_client_first())

    def _final(self, told: str) -> str:
        self._client.set_server_first(told)
        if int(self._client.iterations) > MOST_ITERATIONS:
            raise ValueError(f"it asks for {self._client.iterations} iterations, and {MOST_ITERATIONS} are the most")
        return str(self._client.get_client_final())

    def _end(self, told: str) -> str:
        self._client.set_server_final(told)
        self.is_satisfied = True
        return ""


class PasswordAuthenticator:
    """Knows the passwords of a file, read again when it has changed; its lines are made by ``exchange password``.

    Args:
        path: The file; only the hub should be able to read it.
        clock: Returns the time in seconds.

    Raises:
        ConfigurationError: It cannot be read, a line cannot be used, or ``scramp`` is not installed.
    """

    mechanism = MECHANISM
    proves_hubs = False

    def __init__(self, path: str | Path, clock: Callable[[], float]) -> None:
        _scramp()
        self._file: LineFile[Verifier] = LineFile(path, _entry_of, clock)
        if self._file.is_open_to_all:
            text = "{path} can be read by every user of this machine, and the passwords guessed; chmod o-r {path}"
            self._file.log.warn(text, path=self._file.path)
        self._key = urandom(KEY_SIZE)

    def examine(self, newcomer: Newcomer) -> PasswordExamination:
        """Begin to find out whose password somebody has."""
        self._file.has_changed()
        return PasswordExamination(self._verifier_of)

    def knows(self, principal: str) -> bool:
        """Whether there is a password of somebody, by now."""
        self._file.has_changed()
        return principal.encode() in self._file.entries

    def verifier_of(self, principal: str) -> Verifier:
        """Return what a password is compared with that somebody says in full; see `is_right`."""
        self._file.has_changed()
        return self._verifier_of(principal)

    def _verifier_of(self, principal: str) -> Verifier:
        """Return what to compare with; of whoever is not known something that is always the same, and never right."""
        known = self._file.entries.get(principal.encode())
        if known is not None:
            return known
        salt = digest(self._key, principal.encode(), sha256)
        return Verifier(salt, urandom(KEY_SIZE), urandom(KEY_SIZE), ITERATIONS)


class PasswordExamination:
    """The hub's side on one link."""

    def __init__(self, verifier_of: Callable[[str], Verifier]) -> None:
        self._verifier_of = verifier_of
        self._principal = ""
        self._server = _scramp().ScramMechanism(SCHEME).make_server(self._verifier)
        self._steps = iter((self._begin, self._first, self._final, self._end))

    def step(self, told: bytes | None) -> Verdict:
        """Return the next message of SCRAM, and in the end who it is."""
        try:
            return next(self._steps)((told or b"").decode())
        except (_scramp().ScramException, ValueError):
            return Denied()

    def _verifier(self, principal: str) -> Verifier:
        self._principal = principal
        return self._verifier_of(principal)

    def _begin(self, told: str) -> Verdict:
        return Challenge(b"")

    def _first(self, told: str) -> Verdict:
        self._server.set_client_first(told)
        return Challenge(self._server.get_server_first().encode())

    def _final(self, told: str) -> Verdict:
        self._server.set_client_final(told)
        return Challenge(self._server.get_server_final().encode())

    def _end(self, told: str) -> Verdict:
        return Granted(self._principal)


def _entry_of(line: str) -> tuple[bytes, Verifier]:
    principal, _, rest = line.strip().partition(":")
    try:
        scheme, about, keys = rest.split("$")
        iterations, salt = about.split(":")
        stored, server = keys.split(":")
        entry = Verifier(_read(salt), _read(stored), _read(server), int(iterations))
    except ValueError:
        raise Unusable(f"expected NAME:{SCHEME}$…; {MEND}") from None
    if scheme != SCHEME or len(entry.stored_key) != KEY_SIZE or len(entry.server_key) != KEY_SIZE:
        raise Unusable(f"this is no password of {SCHEME}; {MEND}")
    if not 4096 <= entry.iterations <= MOST_ITERATIONS:
        raise Unusable(f"{entry.iterations} iterations are not between 4096 and {MOST_ITERATIONS}; {MEND}")
    if not principal or not is_word(principal):
        raise Unusable("a principal has 1 to 255 bytes that can be printed")
    return principal.encode(), entry


def _read(text: str) -> bytes:
    return b64decode(text, validate=True)


def _scramp() -> Any:
    try:
        import scramp
    except ImportError:
        raise ConfigurationError("passwords need the package scramp: pip install 'exchange[scram]'") from None
    return scramp
