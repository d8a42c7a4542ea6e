"""What every verb that links with a hub has in common, shown by one of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet import reactor

from exchange import CertificateAuthenticator, Tls, TokenAuthenticator
from exchange.app.cli import cert
from exchange.app.cli.working import text_of
from exchange.errors import CallError, CallTimeout, ConfigurationError, RemoteError
from tests.app.cli.conftest import Command, Math, Place, started_hub
from tests.system.processes import free_port


@pytest_twisted.ensureDeferred
async def test_where_no_hub_is_it_ends_with_status_5(verb: Command) -> None:
    port = free_port()

    ended = await verb("groups", "--hub", f"localhost:{port}")

    assert ended.status == 5
    assert ended.err.startswith(f"exchange groups: no hub at tcp:localhost:{port} (nobody listens there); start one")
    assert ended.err.count("\n") == 1


@pytest_twisted.ensureDeferred
async def test_a_context_that_is_not_there_is_a_line_and_status_2(verb: Command) -> None:
    ended = await verb("groups", "--context", "plant")

    assert ended.status == 2
    assert ended.err.startswith("exchange groups: --context: there is no context 'plant' in ")
    assert ended.err.count("\n") == 1


@pytest_twisted.ensureDeferred
async def test_the_hub_and_its_group_may_come_from_a_context(verb: Command, place: Place, tmp_path: Path) -> None:
    file = tmp_path / "config/exchange/contexts.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f"[contexts.rome]\nhub = '{place.at}'\n[contexts.other]\nhub = '{place.at}'\ngroup = 'other'\n")

    right, wrong = await verb("groups", "-C", "rome"), await verb("groups", "-C", "other")

    assert (right.status, right.err) == (0, "")
    assert (wrong.status, wrong.out) == (5, "")
    assert "this hub is in exchange group '', not 'other'" in wrong.err


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (RemoteError("boom\x1b[2J\n  twice", delivered=True), "boom\\x1b[2J twice"),
        (
            CallError("out", number=1001, origin="shop", details="a\x1bb", delivered=True),
            "out (error 1001 from shop): a\\x1bb",
        ),
        (CallTimeout("late"), "late; whether the call was carried out is not known"),
        (CallTimeout("late", delivered=False), "late"),
        (CallError("gone"), "gone; whether the call was carried out is not known"),
        (ConfigurationError("no"), "no"),
    ],
)
def test_an_error_is_told_in_one_line(error: Exception, text: str) -> None:
    assert text_of(error) == text


@pytest_twisted.ensureDeferred
async def test_a_context_has_all_that_is_needed_to_link_with_a_hub_by_certificates_or_a_token(
    verb: Command, tmp_path: Path
) -> None:
    for words in (["ca"], ["hub", "rome"], ["peer", "ann"]):
        assert cert.run([*words, "--folder", str(tmp_path)]) == 0
    (tmp_path / "tokens").write_text("bob:q9bJ3xv0m2kT7sWd\n")
    (tmp_path / "bob.secret").write_text("token:bob:q9bJ3xv0m2kT7sWd\n")
    for name in ("tokens", "bob.secret"):
        (tmp_path / name).chmod(0o600)
    tls = Tls(tmp_path / "rome.pem", tmp_path / "rome-key.pem", tmp_path / "authority.pem", insists=False)
    known = [CertificateAuthenticator(), TokenAuthenticator(tmp_path / "tokens", reactor.seconds)]
    rome, at = await started_hub("rome", tls=tls, authenticators=known)
    rome.add(Math())
    files = {key: f"{tmp_path}/{name}.pem" for key, name in (("certificate", "ann"), ("key", "ann-key"))}
    hub = ["--hub", at, "--authority", f"{tmp_path}/authority.pem"]

    added = [
        await verb("context", "add", "ann", *hub, "--certificate", files["certificate"], "--key", files["key"]),
        await verb("context", "add", "bob", *hub, "--credentials", f"{tmp_path}/bob.secret"),
        await verb("context", "add", "nobody", *hub),
    ]
    ended = {name: await verb("call", "-C", name, "math.multiply", "6", "7") for name in ("ann", "bob", "nobody")}

    assert [each.status for each in added] == [0, 0, 0]
    assert ended["ann"] == ended["bob"] == (0, "42\n", "")
    assert ended["nobody"].status == 5
    await rome.stopService()
