"""TLS as tables and options ask for it: which certificate, key and authority, and for whom."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Literal, NamedTuple

from exchange.app.tables import BridgeTable, GatewayTable, HubTable, ServiceTable
from exchange.errors import ConfigurationError
from exchange.net.certificate import Certificate
from exchange.net.examination import Credentials
from exchange.net.tls import Tls


class Securing(NamedTuple):
    """The files of one `Tls`.

    Attributes:
        label: How errors name where they were asked for; empty for options.
        insists: Whether far ends must show a certificate where there is an authority.
        believes_itself: Whether the certificate is believed too: it is that of the hub that is dialled.
        keys: How the table calls the three.
    """

    certificate: str | None
    key: str | None
    authority: str | None
    label: str = ""
    insists: bool = True
    believes_itself: bool = False
    keys: tuple[str, str, str] = ("certificate", "key", "authority")

    @property
    def is_asked_for(self) -> bool:
        """Whether there is any of the files."""
        return (self.certificate, self.key, self.authority) != (None, None, None)

    def made(self) -> Tls | None:
        """Return what speaks TLS, or ``None`` if nobody asked for that.

        Raises:
            ConfigurationError: A file cannot be used.
        """
        if not self.is_asked_for:
            return None
        files = (self.certificate, self.key, self.authority)
        try:
            return Tls(*files, insists=self.insists, believes_itself=self.believes_itself)
        except ConfigurationError as error:
            raise ConfigurationError(f"{self._blamed(str(error))}: {error}" if self.label else str(error)) from None

    def unreadable(self) -> Iterator[str]:
        """Return what is said of each of the files that cannot be read."""
        for key, file in self._given:
            try:
                with open(file, "rb"):
                    pass
            except OSError as error:
                yield f"{self.label} {key}: {file}: cannot be read: {error.strerror}"

    @property
    def _given(self) -> list[tuple[str, str]]:
        files = zip(self.keys, (self.certificate, self.key, self.authority), strict=True)
        return [(key, file) for key, file in files if file is not None]

    def _blamed(self, text: str) -> str:
        """Return the label of the key that an error is about, which begins with the name of its file."""
        return " ".join([self.label, *(key for key, file in self._given if text.startswith(f"{file}: "))][:2])

    def shown(self) -> Credentials | None:
        """Return what proves who we are to those who ask, unless somebody said otherwise."""
        return Certificate() if self.certificate is not None and not self.believes_itself else None

    def told(self) -> str:
        """Return the options for whoever dials the same hub from a shell."""
        if not self.is_asked_for:
            return ""
        authority = shlex.quote(self.authority) if self.authority else "AUTHORITY.pem"
        own = " --certificate YOURS.pem --key YOURS-key.pem" if self.shown() and self.insists else ""
        return f" --authority {authority}{own}"


def asks_for_secrets(table: HubTable) -> bool:
    """Whether whoever links may show a token or a password."""
    return bool(table.token_file or table.password_file or table.checker)


def securing_of(table: HubTable | ServiceTable | GatewayTable, label: str = "") -> Securing:
    """Return the TLS of a hub, of a service that dials one, or of the web side of a gateway."""
    asks_otherwise = isinstance(table, HubTable) and asks_for_secrets(table)
    return Securing(table.certificate, table.key, table.authority, label, insists=not asks_otherwise)


def securing_of_gateway(table: GatewayTable, label: str) -> Securing:
    """Return the TLS of the side of a gateway that dials a hub."""
    keys = ("hub-certificate", "hub-key", "hub-authority")
    return Securing(table.hub_certificate, table.hub_key, table.hub_authority, label, keys=keys)


def securing_of_side(table: BridgeTable, side: Literal["inner", "outer"], label: str) -> Securing:
    """Return the TLS of a side of a bridge."""
    return Securing(table.certificate.get(side), table.key.get(side), table.authority.get(side), label)


def securing_to(table: HubTable, label: str) -> Securing:
    """Return the TLS by which the parts of a file dial the hub of the same file."""
    return securing_of(table, label)._replace(believes_itself=table.authority is None)
