"""What is fuzzed of trust: what both ends of a link say to prove who they are, and the files that say who may."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from exchange import (
    Certificate,
    CertificateAuthenticator,
    ConfigurationError,
    Password,
    PasswordAuthenticator,
    PlainPassword,
    Token,
    TokenAuthenticator,
)
from exchange.app.config import read_site
from exchange.app.credentials import CredentialsFile
from exchange.app.mistakes import lines_of
from exchange.app.policy import rules_of
from exchange.gateways.passwords import PasswordFile
from exchange.gateways.tokens import TokenFile
from exchange.net.examination import Challenge, Denied, Granted, Newcomer, Unproved
from exchange.net.passwords import SCHEME
from exchange.routing.policy import Policy
from exchange.wire.identities import Identity

WHO = Identity(b"w" * 16)
SECRET = "a-secret-of-9-words"
LINE = "ann:SCRAM-SHA-256$4096:c2FsdHNhbHQ=$" + ":".join(["A" * 43 + "="] * 2)
ROUNDS = 6
LONGEST_TOLD = 2_000
"""In characters."""


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp())


def _file(content: bytes) -> Path:
    path = _folder() / "file"
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def _said(data: bytes) -> list[bytes]:
    """Return what is said, one after the other: lines, because what SCRAM says has none in it."""
    return data.split(b"\n", ROUNDS)


@cache
def _authenticators() -> list[Any]:
    clock = Clock()
    tokens = TokenAuthenticator(_file(f"ann:{SECRET}\n".encode()), clock.seconds)
    return [tokens, PasswordAuthenticator(_file(LINE.encode()), clock.seconds), CertificateAuthenticator()]


def proofs(data: bytes) -> None:
    """Whatever somebody says who does not know the secret, they are asked on or denied, and never let in."""
    for authenticator in _authenticators():
        examination = authenticator.examine(Newcomer(WHO))
        verdict = examination.step(None)
        for told in _said(data):
            if isinstance(verdict, Denied | Deferred):
                break
            nonce = verdict.data.partition(b",")[0].removeprefix(b"r=") if isinstance(verdict, Challenge) else b""
            verdict = examination.step(told.replace(b"NONCE", nonce))
        assert not isinstance(verdict, Granted)


def challenges(data: bytes) -> None:
    """Whatever a hub says that does not know the secret, it is answered or left, and never believed."""
    nonce = b"\0"
    for credentials in (Token("ann", SECRET), Password("ann", SECRET)):
        proving = credentials.begin(WHO)
        try:
            for told in _said(data):
                answer = proving.answer(told.replace(b"NONCE", nonce))
                nonce = answer.rpartition(b"r=")[2] or nonce
        except Unproved as error:
            assert 0 < len(str(error)) <= LONGEST_TOLD
            assert SECRET not in str(error)
        assert not proving.is_satisfied
    for plain in (PlainPassword("ann", SECRET), Certificate()):
        proving_plainly = plain.begin(WHO)
        try:
            for told in _said(data):
                proving_plainly.answer(told)
        except Unproved:
            pass


def configuration(data: bytes) -> None:
    """A file describes a site, or is refused with a line for each mistake; what it describes can be asked."""
    path = _folder() / "site.toml"
    path.write_bytes(data)
    try:
        site = read_site(str(path))
        rules = rules_of(site.policy)
    except ConfigurationError as error:
        for line in lines_of(error):
            assert "\n" not in line.strip(), line
            assert 0 < len(line) <= LONGEST_TOLD, line
        return
    Policy(rules).ruling_on("ann", "call", "math.multiply")
    assert site.parts or not (site.runs_hub or site.services or site.gateways or site.bridges)


def lines(data: bytes) -> None:
    """A file of those who may has lines that can be used, or the one is named that cannot; no secret is shown."""
    path, clock = _file(data), Clock()
    ways: list[Any] = [
        lambda: TokenAuthenticator(path, clock.seconds),
        lambda: PasswordAuthenticator(path, clock.seconds),
        lambda: TokenFile(path, clock),
        lambda: PasswordFile(path, clock),
        lambda: CredentialsFile(str(path), "--credentials").read(),
    ]
    for read in ways:
        try:
            read()
        except ConfigurationError as error:
            text = str(error)
            assert 0 < len(text) <= LONGEST_TOLD, text
            assert not any(secret in text for secret in _secrets_in(data)), text


def _secrets_in(data: bytes) -> list[str]:
    """Return what stands last on the lines, where it is long enough that it cannot stand in a text by chance."""
    last = [line.rpartition(b":")[2].strip().decode("utf-8", "replace") for line in data.split(b"\n") if b":" in line]
    return [secret for secret in last if len(secret) >= 12 and any(map(str.isdigit, secret)) and secret not in SCHEME]
