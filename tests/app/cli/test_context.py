"""``exchange context``: add, list, show, use, remove."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from exchange.app.cli import context
from exchange.app.cli.main import main


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where contexts are kept; it is not there yet."""
    return tmp_path / "config" / "exchange" / "contexts.toml"


def done(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = context.run(words)
    return (int(status), *capsys.readouterr())


def test_from_none_to_two_and_back(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ann.secret").write_text("token:ann:q9bJ3xv0m2kT7sWd")
    secret = str(tmp_path / "ann.secret")

    plant = ["plant", "--hub", "hosta:11111", "--hub", "hostb:11111", "--group", "plant", "--use"]
    assert done(capsys, "add", *plant) == (0, f"added plant in {file}, and use it\n", "")
    assert done(capsys, "add", "office", "--hub", "rome:1", "--credentials", secret)[0] == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "q9bJ3xv0" not in file.read_text()

    assert [line.split() for line in done(capsys, "list")[1].splitlines()] == [
        ["USED", "NAME", "HUB", "GROUP", "CREDENTIALS", "CERTIFICATE", "KEY", "AUTHORITY"],
        ["*", "plant", "hosta:11111,", "hostb:11111", "plant", "-", "-", "-", "-"],
        ["office", "rome:1", "-", secret, "-", "-", "-"],
    ]
    assert done(capsys, "show")[1].splitlines() == [
        "name   plant",
        "hub    hosta:11111, hostb:11111",
        "group  plant",
    ]
    assert done(capsys, "use", "office")[1] == "office is used from now on\n"
    assert json.loads(done(capsys, "show", "-o", "json")[1]) == {
        "current": True,
        "name": "office",
        "hub": ["rome:1"],
        "group": None,
        "credentials": secret,
        **dict.fromkeys(["certificate", "key", "authority", "heartbeat", "dead-after"]),
    }
    assert done(capsys, "use", "--none")[1] == "no context is used from now on\n"
    assert done(capsys, "use", "office")[0] == 0
    assert done(capsys, "remove", "office")[1] == "removed office; no context is used from now on\n"
    assert [row["name"] for row in json.loads(done(capsys, "list", "-o", "json")[1])] == ["plant"]
    assert done(capsys, "remove", "plant")[1] == "removed plant\n"
    assert done(capsys, "list") == (0, "", "no contexts; make one with: exchange context add\n")


def test_all_that_the_verbs_take_may_be_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.pem", "b.pem", "c.pem"):
        (tmp_path / name).write_text("")
    files = ["--certificate", f"{tmp_path}/a.pem", "--key", f"{tmp_path}/b.pem", "--authority", f"{tmp_path}/c.pem"]

    assert done(capsys, "add", "x", *files, "--heartbeat", "2", "--dead-after", "5")[0] == 0

    shown = json.loads(done(capsys, "show", "x", "-o", "json")[1])
    assert (shown["certificate"], shown["key"], shown["authority"]) == tuple(files[1::2])
    assert (shown["heartbeat"], shown["dead-after"]) == ("2", "5")


def test_files_are_kept_with_their_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").write_text("")
    monkeypatch.chdir(tmp_path)

    done(capsys, "add", "x", "--credentials", "mine")

    assert json.loads(done(capsys, "show", "x", "-j")[1])["credentials"] == f"{tmp_path}/mine"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["add", "x"], "a context says at least one thing, such as --hub HOST:PORT"),
        (["add", "a\nb", "--hub", "a:1"], "'a\\nb' cannot be the name of a context"),
        (["add", "x", "--hub", "nowhere"], "--hub: 'nowhere' is not an endpoint"),
        (["add", "x", "--heartbeat", "soon"], "--heartbeat: expected a number of seconds above 0, got 'soon'"),
        (["add", "x", "--key", "none.pem"], "--key: there is no file /"),
        (["add", "there", "--hub", "a:1"], "there is a context 'there' already; --force replaces it"),
        (["show", "ther"], "there is no context 'ther' in "),
        (["show"], "no context is in use; name one, or choose it with: exchange context use"),
        (["use", "ther"], "did you mean 'there'?"),
        (["use"], "name the context to use, or say --none"),
        (["use", "there", "--none"], "name the context to use, or say --none"),
        (["remove", "ther"], "did you mean 'there'?"),
    ],
)
def test_what_cannot_be_is_a_line_and_status_2(
    words: list[str], told: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done(capsys, "add", "there", "--hub", "a:1")
    before = file.read_bytes()

    status, out, err = done(capsys, *words)

    assert (status, out) == (2, "")
    assert err.startswith("exchange context: ")
    assert err.count("\n") == 1
    assert told in err
    assert file.read_bytes() == before


def test_one_may_be_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    done(capsys, "add", "x", "--hub", "a:1", "--group", "g")

    assert done(capsys, "add", "x", "--hub", "b:2", "--force")[1].startswith("replaced x in ")

    shown = json.loads(done(capsys, "show", "x", "-j")[1])
    assert (shown["hub"], shown["group"]) == (["b:2"], None)


def test_a_file_that_is_no_toml_is_a_line_and_status_2(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.parent.mkdir(parents=True)
    file.write_text("[contexts")

    status, out, err = done(capsys, "list")

    assert (status, out) == (2, "")
    assert err.startswith(f"exchange context: {file}: not TOML: ")


def test_a_deed_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["context"])
    assert caught.value.code == 2
    assert "add|list|show|use|remove" in capsys.readouterr().err
