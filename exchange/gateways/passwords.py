"""Passwords: whoever has a name and its password in a file made by ``htpasswd -B`` is of that name.

To check a password takes long, on purpose, so that nobody can try many; it is done in
threads of its own. What was found right is remembered for a few minutes. An unknown
name takes as long as a known one, so that nobody learns from the time which names there are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from twisted.cred.credentials import IUsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import Deferred, fail
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool
from zope.interface import implementer

from exchange.errors import ConfigurationError
from exchange.gateways.checkers import IQuickChecker, RefusedLogin
from exchange.gateways.remembered import LIFETIME, Remembered, Seal
from exchange.lines import LineFile, Unusable

LONGEST_PASSWORD = 72
"""In bytes; bcrypt knows no more of one."""

HIGHEST_COST = 15
"""Each step doubles the time; this is a second or two."""

USUAL_COST = 10
MOST_THREADS = 4

BCRYPT = re.compile(r"\$2[aby]\$(?P<cost>\d\d)\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}")
OTHERS = {
    "$apr1$": "MD5",
    "$1$": "MD5",
    "$2x$": "a bcrypt that was wrong",
    "{SHA}": "SHA-1",
    "$5$": "SHA-256",
    "$6$": "SHA-512",
    "$y$": "yescrypt",
    "$argon2": "Argon2",
}
"""How hashes begin that are not taken, and what they are."""

Run = Callable[[Callable[[], bool]], Deferred[bool]]
"""Runs a function that takes long."""


@implementer(IQuickChecker)
class PasswordFile:
    """A checker of `twisted.cred` that knows the passwords of a file, which is read again when it has changed.

    Args:
        path: Where it is. A line of it is ``name:hash``, as ``htpasswd -B`` writes it.
        reactor: The reactor, or a clock in tests.
        run: Runs a check, in place of a thread.
        lifetime: Seconds for which a password is remembered that was right.

    Raises:
        ConfigurationError: It cannot be read, or a line cannot be used; or bcrypt is not installed.
    """

    credentialInterfaces = (IUsernamePassword,)

    def __init__(self, path: str | Path, reactor: Any, *, run: Run | None = None, lifetime: float = LIFETIME) -> None:
        self._check = _checkpw()
        self._file: LineFile[bytes] = LineFile(path, _entry_of, reactor.seconds)
        self._known = Remembered(reactor.seconds, lifetime)
        self._run = run or Threads(reactor).run
        self._seal = Seal()

    def recall(self, credentials: Any) -> bytes | None:
        """Return whose name and password these are, if they were found right a while ago."""
        if self._file.has_changed():
            self._known.forget()
        return self._known.recall(credentials.username, credentials.password)

    def requestAvatarId(self, credentials: Any) -> Deferred[Any]:
        """Return a Deferred of whose name and password these are; it cannot be cancelled."""
        name, password = credentials.username, credentials.password
        if len(password) > LONGEST_PASSWORD or b"\0" in password:
            return fail(RefusedLogin(f"a password has {LONGEST_PASSWORD} bytes at most, and no zero byte"))
        if self._file.has_changed():
            self._known.forget()
        hashed = self._file.entries.get(name)
        checking = self._run(partial(self._check, password, hashed or self._hash_for_nobody(name)))
        return checking.addCallback(self._checked, name, password, hashed)

    def _checked(self, is_right: bool, name: bytes, password: bytes, hashed: bytes | None) -> bytes:
        # The file may have changed meanwhile; what it said before counts no more.
        if not is_right or hashed is None or self._file.entries.get(name) != hashed:
            raise UnauthorizedLogin()
        self._known.keep(name, name, password)
        return name

    def _hash_for_nobody(self, name: bytes) -> bytes:
        """Return a hash that takes as long as those of the file, and always as long for one name."""
        drawn = self._seal.of(name)
        costs = [hashed[4:6] for hashed in self._file.entries.values()] or [b"%d" % USUAL_COST]
        cost = costs[int.from_bytes(drawn, "big") % len(costs)]
        return b"$2b$" + cost + b"$" + (drawn.hex()[:21] + "." + drawn.hex()[21:52]).encode()


class Threads:
    """A few threads, started when they are first needed, which end with the reactor."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        # Whoever sends wrong passwords as fast as they can leaves a processor to others.
        self._pool = ThreadPool(0, max(1, min(MOST_THREADS, (os.cpu_count() or 1) - 1)), "passwords")
        self._ends = False

    def run(self, function: Callable[[], bool]) -> Deferred[bool]:
        if not self._pool.started:
            self._pool.start()
            self._reactor.addSystemEventTrigger("during", "shutdown", self._end)
        done: Deferred[bool] = deferToThreadPool(self._reactor, self._pool, self._unless_ended, function)
        return done

    def _unless_ended(self, function: Callable[[], bool]) -> bool:
        return not self._ends and function()

    def _end(self) -> None:
        self._ends = True  # what still waits for a thread is over in no time
        self._pool.stop()


def _checkpw() -> Callable[[bytes, bytes], bool]:
    try:
        from bcrypt import checkpw
    except ImportError:
        raise ConfigurationError("passwords need the package bcrypt: pip install 'exchange[web]'") from None
    return checkpw


def _entry_of(line: str) -> tuple[bytes, bytes]:
    name, found, hashed = line.strip().partition(":")
    if not found or not name:
        raise Unusable("expected name:hash, as htpasswd -B writes it")
    if not name.isprintable():
        raise Unusable("the name has characters that cannot be printed")
    known = BCRYPT.fullmatch(hashed)
    if known is None:
        raise Unusable(f"{_kind_of(hashed)}; make the line anew with htpasswd -B FILE {name}")
    if not 4 <= int(known["cost"]) <= HIGHEST_COST:
        raise Unusable(
            f"a cost of {known['cost']} is beyond 4 to {HIGHEST_COST}: a check would take too long, or nothing"
        )
    return name.encode(), hashed.encode()


def _kind_of(hashed: str) -> str:
    """Return what is wrong with a hash, of which nothing is shown."""
    if re.match(r"\$2[aby]\$", hashed):
        return "the bcrypt hash is not whole"
    for beginning, kind in OTHERS.items():
        if hashed.startswith(beginning):
            return f"the password is hashed by {kind}, and only bcrypt is taken"
    return "the password is not hashed by bcrypt"
