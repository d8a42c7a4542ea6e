"""Examination: who a far end is, found out while it greets us.

An authenticator knows one mechanism. It makes an examination for each link that names
it; the examination is given what the far end says, step by step, and ends with a
principal or a refusal. What the dialling side says is made by its credentials.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from twisted.internet.defer import Deferred

from exchange.errors import ConfigurationError
from exchange.wire.identities import Identity
from exchange.wire.layouts import is_word


class Challenge(NamedTuple):
    """What the far end is to answer next."""

    data: bytes


class Granted(NamedTuple):
    """The far end has proved who it is."""

    principal: str


class Denied(NamedTuple):
    """It has not, and is told so."""

    text: str = "these credentials are not right"


Verdict = Challenge | Granted | Denied


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What is known of a far end that greets us.

    Attributes:
        identity: Which its secret proves.
        is_private: Whether nobody else can read what passes: by TLS, or because it does not leave this machine.
        certificate_name: The common name in the certificate that it showed and TLS verified; empty if it showed none.
    """

    identity: Identity
    is_private: bool = False
    certificate_name: str = ""


class Examination(Protocol):
    """One link's."""

    def step(self, told: bytes | None) -> Verdict | Deferred[Verdict]:
        """Return what follows from what the far end told; at first that is nothing."""
        ...


class Authenticator(Protocol):
    """What a hub knows of those who may link with it.

    Attributes:
        mechanism: The word by which a HELLO asks for it.
        proves_hubs: Whether who passes it may be believed as a hub, if the hub was told so.
    """

    mechanism: str
    proves_hubs: bool

    def examine(self, newcomer: Newcomer) -> Examination:
        """Begin to find out who that is."""
        ...


class Proving(Protocol):
    """The other side of one examination.

    Attributes:
        is_satisfied: Whether the hub has proved in its turn what it has to; until then it is not believed.
    """

    is_satisfied: bool

    def answer(self, challenge: bytes) -> bytes:
        """Return what the hub is to be told next.

        Raises:
            Unproved: The hub does not know what it should, if it is the one that it says it is.
        """
        ...


class Credentials(Protocol):
    """What an exchange proves with, wherever it dials, who it is.

    Attributes:
        mechanism: The word for it in HELLO.
        needs_privacy: Whether it is of use only where nobody else can read it, and pose as the hub: over TLS.
    """

    mechanism: str
    needs_privacy: bool

    def begin(self, identity: Identity) -> Proving:
        """Begin to prove it for an exchange of this identity."""
        ...


def check_principal(principal: str) -> None:
    """Raise `ConfigurationError` for what is no principal."""
    if not principal or not is_word(principal):
        raise ConfigurationError(f"{principal!r} is no principal: a text of 1 to 255 bytes that can be printed")


class Unproved(Exception):
    """The hub has not proved that it knows our secret; the text says how that came out."""
