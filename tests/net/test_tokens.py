"""Tokens: both ends show that they know one, and it never crosses the link."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange import ConfigurationError, Token, TokenAuthenticator
from exchange.net.examination import Challenge, Denied, Granted, Newcomer, Unproved
from exchange.wire.identities import Identity

SECRET = "a-token-of-the-press"
WHO = Identity(b"i" * 16)
OTHER = Identity(b"o" * 16)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tokens"
    path.write_text(f"# who may link\npress:{SECRET}\npress:the-next-token-of-the-press\nshop:a-token-of-the-shop\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def authenticator(file: Path) -> TokenAuthenticator:
    return TokenAuthenticator(file, lambda: 0.0)


def examined(authenticator: TokenAuthenticator, token: Token, of: Identity = WHO) -> tuple[object, list[bytes]]:
    """Let both sides speak to the end; return the verdict, and all that crossed the link."""
    examination, proving = authenticator.examine(Newcomer(WHO)), token.begin(of)
    said: list[bytes] = []
    verdict = examination.step(None)
    while isinstance(verdict, Challenge):
        said += [verdict.data, proving.answer(verdict.data)]
        verdict = examination.step(said[-1])
    return verdict, said


@pytest.mark.parametrize(
    ("principal", "token"),
    [("press", SECRET), ("press", "the-next-token-of-the-press"), ("shop", "a-token-of-the-shop")],
)
def test_whoever_has_a_token_of_the_file_is_its_principal(
    authenticator: TokenAuthenticator, principal: str, token: str
) -> None:
    verdict, said = examined(authenticator, Token(principal, token))

    assert verdict == Granted(principal)
    assert not any(token.encode() in each for each in said)


@pytest.mark.parametrize(
    ("principal", "token"), [("press", "another-token-of-mine"), ("shop", SECRET), ("nobody", SECRET), ("pres", SECRET)]
)
def test_whoever_has_none_is_nobody(authenticator: TokenAuthenticator, principal: str, token: str) -> None:
    assert examined(authenticator, Token(principal, token))[0] == Denied()


def test_a_proof_is_for_one_identity(authenticator: TokenAuthenticator) -> None:
    assert examined(authenticator, Token("press", SECRET), of=OTHER)[0] == Denied()


def test_what_was_said_once_is_of_no_use_again(authenticator: TokenAuthenticator) -> None:
    _, said = examined(authenticator, Token("press", SECRET))
    again = authenticator.examine(Newcomer(WHO))
    again.step(None)

    assert again.step(said[1]) == Denied()


@pytest.mark.parametrize("told", [b"", b"x" * 31, b"x" * 64, b"x" * 64 + b"press", b"x" * 64 + b"\xff", bytes(16000)])
def test_nonsense_is_denied(authenticator: TokenAuthenticator, told: bytes) -> None:
    examination = authenticator.examine(Newcomer(WHO))
    examination.step(None)

    assert examination.step(told) == Denied()


def test_a_hub_that_does_not_know_the_token_is_found_out() -> None:
    proving = Token("press", SECRET).begin(WHO)
    proving.answer(bytes(32))

    with pytest.raises(Unproved, match="does not know the token"):
        proving.answer(bytes(32))
    with pytest.raises(Unproved, match="number"):
        Token("press", SECRET).begin(WHO).answer(b"")


def test_whoever_says_a_token_in_full_is_its_principal_too(authenticator: TokenAuthenticator) -> None:
    assert authenticator.principal_of(SECRET) == "press"
    assert authenticator.principal_of("a-token-of-the-shop") == "shop"
    assert authenticator.principal_of("a-token-of-nobody") is None
    assert authenticator.principal_of("") is None


def test_a_token_that_is_taken_out_of_the_file_lets_nobody_in(file: Path) -> None:
    times = iter(range(0, 100, 2))
    authenticator = TokenAuthenticator(file, lambda: next(times))
    file.write_text("shop:a-token-of-the-shop\n")

    assert examined(authenticator, Token("press", SECRET))[0] == Denied()


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("press", "line 1: expected principal:token"),
        (":a-token-of-the-press", "expected principal:token"),
        ("press:short", "the token has 5 characters"),
        ("press:with a space in the token", "no spaces"),
        (f"{'p' * 256}:{SECRET}", "255 bytes"),
        (f"press:{SECRET}\nshop:{SECRET}", "line 2: line 1 says who this is already"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str, text: str) -> None:
    path = tmp_path / "tokens"
    path.write_text(line)

    with pytest.raises(ConfigurationError, match=text) as caught:
        TokenAuthenticator(path, lambda: 0.0)
    assert "a-token" not in str(caught.value)


@pytest.mark.parametrize(("principal", "token"), [("", SECRET), ("p\n", SECRET), ("p" * 256, SECRET), ("p", "short")])
def test_credentials_that_cannot_be_are_refused_at_once(principal: str, token: str) -> None:
    with pytest.raises(ConfigurationError):
        Token(principal, token)


def test_a_token_is_not_shown() -> None:
    assert repr(Token("press", SECRET)) == "<token of 'press'>"


def test_whoever_is_taken_out_of_the_file_is_known_no_more(tmp_path: Path) -> None:
    path, times = tmp_path / "tokens", iter(range(9))
    path.write_text(f"press:{SECRET}\n")
    authenticator = TokenAuthenticator(path, lambda: 2.0 * next(times))
    assert authenticator.knows("press")
    assert not authenticator.knows("shop")

    path.write_text("# nobody\n")

    assert not authenticator.knows("press")
