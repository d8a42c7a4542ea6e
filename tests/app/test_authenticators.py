"""By what a hub asks who links with it, as its table says."""

from __future__ import annotations

from pathlib import Path

import pytest
from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.internet.task import Clock

from exchange import CheckerAuthenticator, ConfigurationError, PasswordAuthenticator, TokenAuthenticator
from exchange.app.authenticators import authenticators_of
from exchange.app.tables import HubTable
from exchange.net.passwords import line_of


def secret_file(folder: Path, name: str, text: str) -> str:
    file = folder / name
    file.write_text(text)
    file.chmod(0o600)
    return str(file)


class Staff(InMemoryUsernamePasswordDatabaseDontUse):
    """A checker that a hub can be told of."""


def test_a_hub_asks_by_all_that_its_table_names_and_without_any_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "staff.py").write_text("from tests.app.test_authenticators import Staff\n")
    monkeypatch.syspath_prepend(tmp_path)
    tokens = secret_file(tmp_path, "tokens", "press:q9bJ3xv0m2kT7sWd\n")
    passwords = secret_file(tmp_path, "passwords", line_of("ann", "secret") + "\n")
    table = HubTable(token_file=tokens, password_file=passwords, checker="staff:Staff")

    found = authenticators_of(table, Clock().seconds, "site.toml: [hub]")

    assert [type(each) for each in found] == [TokenAuthenticator, PasswordAuthenticator, CheckerAuthenticator]
    assert authenticators_of(HubTable(), Clock().seconds, "") == []


@pytest.mark.parametrize(
    ("label", "before"), [("site.toml: [hub]", "site.toml: [hub] "), ("", "--")], ids=["a file", "options"]
)
def test_what_cannot_be_used_is_told_with_the_key_or_the_option(tmp_path: Path, label: str, before: str) -> None:
    tokens = secret_file(tmp_path, "tokens", "press:short\n")
    passwords = secret_file(tmp_path, "passwords", "ann:hunter2\n")
    for table, told in (
        (HubTable(token_file=tokens), f"token-file: {tokens}: line 1: the token has 5 characters"),
        (HubTable(password_file=passwords), f"password-file: {passwords}: line 1: expected NAME:SCRAM-SHA-256"),
        (HubTable(checker="nowhere:Staff"), "checker: nowhere:Staff: there is no module 'nowhere'"),
    ):
        with pytest.raises(ConfigurationError) as caught:
            authenticators_of(table, Clock().seconds, label)
        assert str(caught.value).startswith(before + told)
        assert "hunter2" not in str(caught.value)
