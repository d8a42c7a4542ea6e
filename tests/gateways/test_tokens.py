"""Bearer tokens: whoever shows one of the file is its principal."""

from __future__ import annotations

from pathlib import Path

import pytest
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.task import Clock
from zope.interface.verify import verifyObject

from exchange import ConfigurationError
from exchange.gateways.checkers import IQuickChecker
from exchange.gateways.tokens import BearerToken, IBearerToken, TokenFile
from exchange.lines import LOOK
from tests.logbook import Logbook
from tests.outcomes import Outcome

ANN = "LpB5Nk9Rj1sTQwYx0a_Zc3d"
OLD = "0123456789abcdef"
PRESS = "Zm9vYmFyYmF6cXV4+/=="


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tokens"
    path.write_text(f"# who may call\nann:{ANN}\nann : {OLD}\nplant:press 7:{PRESS}\nBjörn:{ANN[::-1]}\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def tokens(path: Path, clock: Clock) -> TokenFile:
    return TokenFile(path, clock)


@pytest.mark.parametrize(
    ("token", "principal"), [(ANN, "ann"), (OLD, "ann"), (PRESS, "plant:press 7"), (ANN[::-1], "Björn")]
)
def test_whoever_shows_a_token_is_its_principal(
    tokens: TokenFile, logbook: Logbook, token: str, principal: str
) -> None:
    shown = BearerToken(token.encode())

    assert tokens.recall(shown) == principal.encode()
    assert Outcome(tokens.requestAvatarId(shown)).value == principal.encode()


@pytest.mark.parametrize("token", ["", "ann", ANN.lower(), ANN + "=", f"ann:{ANN}", ANN[:-1], "# who may call"])
def test_whoever_shows_another_is_nobody(tokens: TokenFile, logbook: Logbook, token: str) -> None:
    shown = BearerToken(token.encode())

    assert tokens.recall(shown) is None
    assert isinstance(Outcome(tokens.requestAvatarId(shown)).error, UnauthorizedLogin)


def test_a_token_that_is_taken_out_of_the_file_is_out(tokens: TokenFile, path: Path, clock: Clock) -> None:
    path.write_text(f"ann:{ANN}\n")
    clock.advance(LOOK)

    assert tokens.recall(BearerToken(OLD.encode())) is None
    assert tokens.recall(BearerToken(ANN.encode())) == b"ann"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("0123456789abcdef0123", "expected principal:token"),
        (":0123456789abcdef", "expected principal:token"),
        ("ann:", "a token has letters"),
        ("ann:0123456789 abcdef", "a token has letters"),
        ("ann:0123456789äbcdef", "a token has letters"),
        ("ann:0123456789=abcdef", "a token has letters"),
        ("ann:0123456789abcde", "the token has 15 characters, and 16 are the fewest; make one with python3"),
        ("a\x1bnn:0123456789abcdef", "characters that cannot be printed"),
        (f"bob:{ANN}", "line 1 says who this is already"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_and_its_token_is_not(
    path: Path, clock: Clock, line: str, text: str
) -> None:
    path.write_text(f"ann:{ANN}\n{line}\n")

    with pytest.raises(ConfigurationError) as raised:
        TokenFile(path, clock)
    assert f"{path}: line 2: {text}" in str(raised.value).replace("the principal has ", "")
    assert "0123456789" not in str(raised.value)
    assert ANN not in str(raised.value)


@pytest.mark.parametrize(("mode", "warnings"), [(0o600, 0), (0o640, 0), (0o644, 1)])
def test_a_file_that_every_user_can_read_is_warned_of(
    path: Path, clock: Clock, logbook: Logbook, mode: int, warnings: int
) -> None:
    path.chmod(mode)
    TokenFile(path, clock)

    assert len(logbook.lines("can be read by every user of this machine")) == warnings


def test_nothing_that_is_kept_or_shown_has_the_token(tokens: TokenFile) -> None:
    shown = BearerToken(ANN.encode())

    assert ANN not in repr(shown) + str(shown) + repr(vars(tokens)) + repr(vars(tokens._file))


def test_both_are_what_twisted_cred_expects(tokens: TokenFile) -> None:
    assert verifyObject(IQuickChecker, tokens)
    assert verifyObject(IBearerToken, BearerToken(b""))
