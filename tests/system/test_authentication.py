"""Who links, between real processes: the howto, and what is said of a wrong secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.howto import Howto, said
from tests.system.processes import Process, free_port

pytestmark = pytest.mark.system

SLOWLY = 90.0
"""Seconds in which somebody dials again who was refused, on a busy machine; usually it takes thirty at most."""

RIGHT, WRONG = "9vT0c1v5mZ2yqkXo3w7e", "9vT0c1v5mZ2yqkXo3w7f"


def secret_file(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    (folder / name).chmod(0o600)


@pytest.fixture
def howto(process: StartProcess, tmp_path: Path) -> Howto:
    return Howto("authentication.md", process, tmp_path)


def test_every_file_command_and_answer_of_the_howto_is_as_it_says(howto: Howto, tmp_path: Path) -> None:
    howto.carry_out()

    assert (len(howto.processes), howto.ran) == (5, 7)
    told = said(f"exchange call --hub localhost:{howto.ports['11111']} press.pressure", tmp_path)
    mend = "this hub knows the mechanism 'token' only, not 'open'; give credentials"
    assert told == f"exchange call: the hub at tcp:localhost:{howto.ports['11111']} does not take us: {mend}\n"
    secrets = ("kQ4m8s1xB6tN0zRj5d2u", "9vT0c1v5mZ2yqkXo3w7e", "correct horse", "tea at five")
    assert [secret for each in howto.processes for secret in secrets if secret in each.output + each.errors] == []


@pytest.fixture
def hub(process: StartProcess, tmp_path: Path) -> tuple[Process, str]:
    """A hub that knows one token; and where it is."""
    secret_file(tmp_path, "tokens", f"press:{RIGHT}\n")
    port = free_port()
    started = process("twistd", "-n", "exchange", "--port", str(port), "--token-file", "tokens", ready="serves")
    return started, f"localhost:{port}"


def test_a_wrong_secret_is_one_line_and_whoever_has_it_goes_on_trying_until_it_is_mended(
    process: StartProcess, hub: tuple[Process, str], tmp_path: Path
) -> None:
    (tmp_path / "press.py").write_text("from exchange import Service\nclass Press(Service):\n    name = 'press'\n")
    secret_file(tmp_path, "press.secret", f"token:press:{WRONG}\n")
    started, at = hub
    words = ("twistd", "-n", "exchange-services", "--hub", at, "--credentials", "press.secret", "press:Press")

    peer = process(*words, ready="these credentials are not right (denied); trying again")
    secret_file(tmp_path, "tokens", f"press:{WRONG}\n")

    peer.wait_for("serves", timeout=SLOWLY)
    assert len([line for line in peer.lines if "cannot link" in line]) == 1
    for each in (peer, started):
        assert "Traceback" not in each.output + each.errors
        assert RIGHT not in each.output + each.errors
        assert WRONG not in each.output + each.errors


def test_a_caller_with_a_wrong_secret_is_told_in_one_line(hub: tuple[Process, str], tmp_path: Path) -> None:
    secret_file(tmp_path, "press.secret", f"token:press:{WRONG}\n")

    told = said(f"exchange call --hub {hub[1]} --credentials press.secret press.pressure", tmp_path)

    assert told == f"exchange call: the hub at tcp:{hub[1]} does not take us: these credentials are not right\n"


def test_a_file_of_credentials_that_others_can_read_is_warned_of_and_one_that_is_wrong_is_refused(
    process: StartProcess, hub: tuple[Process, str], tmp_path: Path
) -> None:
    secret_file(tmp_path, "press.secret", f"token:press:{RIGHT}\n")
    (tmp_path / "press.secret").chmod(0o644)
    told = said(f"EXCHANGE_CREDENTIALS=press.secret exchange call --hub {hub[1]} press.pressure", tmp_path)
    assert told.startswith("warning: press.secret can be read by every user of this machine")

    secret_file(tmp_path, "press.secret", f"token:{RIGHT}\n")
    peer = process("twistd", "-n", "exchange-services", "--hub", hub[1], "--credentials", "press.secret", "os:path")
    assert peer.wait() == 1
    assert peer.errors == (
        "twistd exchange-services: --credentials: press.secret: line 1: expected token:PRINCIPAL:TOKEN, "
        "password:NAME:PASSWORD, plain:NAME:PASSWORD or certificate\n"
    )
