"""Credentials: the file in which a process has what it shows those hubs that ask who it is."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from twisted.logger import Logger

from exchange.errors import ConfigurationError
from exchange.lines import Unusable, meaning_lines
from exchange.net.certificate import Certificate
from exchange.net.checker import PlainPassword
from exchange.net.examination import Credentials
from exchange.net.passwords import Password
from exchange.net.tokens import Token
from exchange.wire.layouts import is_word

EXPECTED = "expected token:PRINCIPAL:TOKEN, password:NAME:PASSWORD, plain:NAME:PASSWORD or certificate"

KINDS: dict[str, Callable[[str, str], Credentials]] = {"token": Token, "password": Password, "plain": PlainPassword}

log = Logger()


def warn_in_log(text: str) -> None:
    """Write a warning to the log."""
    log.warn("{text}", text=text)


class CredentialsFile(NamedTuple):
    """A file of credentials.

    Attributes:
        path: Where it is.
        label: How errors name the key or the option that says so.
    """

    path: str
    label: str

    def read(self, warn: Callable[[str], None] = warn_in_log) -> Credentials:
        """Return the credentials; they are in the only line that means something.

        Args:
            warn: Is told that others can read it too.

        Raises:
            ConfigurationError: It cannot be read, or the line cannot be used; the text shows no secret.
        """
        where = f"{self.label}: {self.path}"
        try:
            content, mode = Path(self.path).read_bytes(), Path(self.path).stat().st_mode
        except OSError as error:
            raise ConfigurationError(f"{where}: cannot be read: {error.strerror}") from None
        if mode & stat.S_IROTH:
            text = f"{self.path} can be read by every user of this machine, and what is in it used"
            warn(f"{text}; chmod o-r {self.path}")
        lines = list(meaning_lines(content))
        if not lines:
            raise ConfigurationError(f"{where}: no line in it says who this is; {EXPECTED}")
        if len(lines) > 1:
            raise ConfigurationError(
                f"{where}: line {lines[1][0]}: a process shows one thing, and line {lines[0][0]} is it"
            )
        number, line = lines[0]
        try:
            return credentials_of(line.decode())
        except UnicodeDecodeError:
            raise ConfigurationError(f"{where}: line {number}: it is not text in UTF-8") from None
        except (Unusable, ConfigurationError) as error:
            raise ConfigurationError(f"{where}: line {number}: {error}") from None


def credentials_of(line: str) -> Credentials:
    """Return what a line says.

    Raises:
        Unusable: It says nothing that could be shown.
        ConfigurationError: A token is too short, or a package is missing.
    """
    if line.strip() == Certificate.mechanism:
        return Certificate()
    kind, _, rest = line.lstrip().partition(":")
    principal, found, secret = rest.partition(":")
    principal = principal.strip()
    if kind not in KINDS or not found:
        raise Unusable(EXPECTED)
    if not principal or not is_word(principal):
        raise Unusable("a principal or a name has 1 to 255 bytes that can be printed")
    if not secret.strip():
        raise Unusable(f"nothing stands behind the second ':'; {EXPECTED}")
    return KINDS[kind](principal, secret.strip() if kind == "token" else secret)
