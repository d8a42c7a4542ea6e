"""Identities: what an exchange is, and what the things it makes are called.

An identity is derived from a secret that only the exchange and its hub know, so
that reading one is not enough to take its place. People see ``h7Qkz2aV.3``.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import NewType

Identity = NewType("Identity", bytes)
Id = NewType("Id", bytes)

IDENTITY_SIZE = 16
ID_SIZE = 20
SECRET_SIZE = 32
LARGEST_NUMBER = 0xFFFF_FFFF


def identity_of(secret: bytes) -> Identity:
    """Return the identity of the exchange that holds ``secret``."""
    return Identity(sha256(secret).digest()[:IDENTITY_SIZE])


def make_id(identity: Identity, number: int) -> Id:
    """Return the id of thing ``number`` made by the exchange ``identity``."""
    return Id(identity + number.to_bytes(4, "big"))


def maker_of(thing: Id) -> Identity:
    """Return the identity of the exchange that made ``thing``."""
    return Identity(thing[:IDENTITY_SIZE])


def number_of(thing: Id) -> int:
    """Return which of its maker's things ``thing`` is."""
    return int.from_bytes(thing[IDENTITY_SIZE:], "big")


def title_of(identity: Identity, name: str) -> str:
    """Return how people see an exchange that may have a name: ``rome (h7Qkz2aV)``."""
    return f"{name} ({readable(identity)})" if name else readable(identity)


def readable(name: bytes) -> str:
    """Return how people see an identity (``h7Qkz2aV``) or an id (``h7Qkz2aV.3``)."""
    start = urlsafe_b64encode(name[:6]).decode("ascii")
    if len(name) == ID_SIZE:
        return f"{start}.{number_of(Id(name))}"
    return start
