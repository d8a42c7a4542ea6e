"""Certificate, key and authority on disk: renewed there, they are taken up by whoever connects from then on.

Files are looked at when a connection is made, and at most once a second. What OpenSSL does
not take is an error in the log, and what was good goes on; at the start it is an error.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from typing import TYPE_CHECKING

from twisted.logger import Logger

from exchange.errors import ConfigurationError

if TYPE_CHECKING:
    from OpenSSL.SSL import Context

LOOK = 1.0
"""Seconds between two looks at whether the files have changed, at least."""

Mark = tuple[int, ...]
Names = tuple[str, str, str]
Make = Callable[[str, str, str], "Context"]


class TlsFiles:
    """The files of one `Tls`.

    Args:
        names: Of the files of certificate, key and authority; empty for what there is not.
        make: Makes a context of the three.
        clock: Returns the time in seconds.

    Raises:
        ConfigurationError: One cannot be read, or OpenSSL does not take it.
    """

    log = Logger()

    def __init__(self, names: Names, make: Make, clock: Callable[[], float]) -> None:
        self._names = names
        key = names[1]
        self._make = make
        self._clock = clock
        self._looked = clock()
        self._marks: list[Mark] | str = self._marks_now()
        self._context = self._made()
        if key and os.stat(key).st_mode & stat.S_IROTH:
            self.log.warn("every user of this machine may read the key {path}: chmod 600", path=key)

    @property
    def context(self) -> Context:
        """What connections are made by now."""
        now = self._clock()
        if not 0 <= now - self._looked < LOOK:
            self._looked = now
            self._look()
        return self._context

    def _look(self) -> None:
        marks = self._marks_now()
        if marks == self._marks:
            return
        self._marks = marks
        try:
            self._context = self._made()
        except ConfigurationError as error:
            self.log.error("{why}; what was read before goes on", why=str(error))
        else:
            names = ", ".join(name for name in self._names if name)
            self.log.info("certificates have changed, and were read again: {names}", names=names)

    def _marks_now(self) -> list[Mark] | str:
        """Return what tells one state of the files from another: a text if one of them cannot be found."""
        try:
            found = [os.stat(name) for name in self._names if name]
        except OSError as error:
            return str(error)
        return [(each.st_ino, each.st_size, each.st_mtime_ns, each.st_ctime_ns) for each in found]

    def _made(self) -> Context:
        from OpenSSL.SSL import Error

        certificate, key, authority = self._names
        for name in filter(None, self._names):
            _check(name)
        try:
            return self._make(certificate, key, authority)
        except (Error, ValueError, OSError):
            raise ConfigurationError(self._fault()) from None

    def _fault(self) -> str:
        """Return which of the files OpenSSL does not take."""
        from OpenSSL.SSL import Error

        certificate, key, authority = self._names
        if authority:
            try:
                self._make("", "", authority)
            except (Error, ValueError, OSError):
                return f"{authority}: there is no certificate of an authority in it; expected PEM"
        if not _has(certificate, b"CERTIFICATE"):
            return f"{certificate}: there is no certificate in it; expected PEM"
        if not _has(key, b"PRIVATE KEY"):
            return f"{key}: there is no private key in it; expected PEM"
        return f"{key}: it cannot be used with the certificate {certificate}; is it of it, and without a password?"


def _check(name: str) -> None:
    try:
        with open(name, "rb"):
            pass
    except OSError as error:
        raise ConfigurationError(f"{name}: cannot be read: {error.strerror}") from None


def _has(name: str, kind: bytes) -> bool:
    with open(name, "rb") as opened:
        return any(line.startswith(b"-----BEGIN") and kind in line for line in opened)
