"""``exchange config`` on files that are right, doubtful and wrong."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from exchange.app.cli import config
from exchange.app.cli.config import FLAGS, OPTIONS, toml_of
from exchange.app.cli.status import Status
from exchange.app.hub import Options

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str) -> str:
    Path("site.toml").write_text(text)
    return "site.toml"


def told(capsys: pytest.CaptureFixture[str]) -> tuple[list[str], list[str]]:
    captured = capsys.readouterr()
    return captured.out.splitlines(), captured.err.splitlines()


def test_of_a_file_that_is_right_it_is_said_what_it_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert config.run(["check", str(ROOT / "examples/quickstart/site.toml")]) is Status.FINE

    (line,), wrong = told(capsys)
    assert line.endswith("examples/quickstart/site.toml is right: hub, services.math, gateways.web")
    assert wrong == []


def test_all_that_is_wrong_is_told_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    file = write("[hub]\nheartbeet = 1\n[services.math]\nclass = 'no_such:Math'\n[gateways.web]\ntokens = 'none'\n")

    assert config.run(["check", file]) is Status.USAGE

    lines, wrong = told(capsys)
    assert lines == []
    assert wrong == [
        "exchange config: site.toml: [hub] heartbeet: unknown key; did you mean 'heartbeat'?",
        "exchange config: site.toml: [services.math] class: no_such:Math: there is no module 'no_such' in this folder "
        "or among what is installed",
        "exchange config: site.toml: [gateways.web] tokens: none: cannot be read: No such file or directory",
    ]


def test_classes_need_not_be_here(capsys: pytest.CaptureFixture[str]) -> None:
    file = write("[hub]\n[services.math]\nclass = 'no_such:Math'\n")

    assert config.run(["check", file, "--no-import"]) is Status.FINE
    assert told(capsys) == (["site.toml is right: hub, services.math"], [])


def test_programs_get_mistakes_in_parts(capsys: pytest.CaptureFixture[str]) -> None:
    file = write("[hub]\nheartbeet = 1\ndead-after = 5\n[[policy]]\ncal = 'x'\n[hubs]\n")

    assert config.run(["check", file, "-o", "json"]) is Status.USAGE

    found = json.loads(capsys.readouterr().out)
    assert [(each["kind"], each["file"], each["table"], each["key"]) for each in found] == [
        ("mistake", "site.toml", "[hubs]", ""),
        ("mistake", "site.toml", "[hub]", "heartbeet"),
        ("mistake", "site.toml", "[[policy]] 1", "cal"),
    ]
    assert found[1]["text"] == "unknown key; did you mean 'heartbeat'?"
    assert config.run(["check", write("[hub]\n"), "--output", "json"]) is Status.FINE
    assert json.loads(capsys.readouterr().out) == []


def test_what_is_doubtful_about_a_policy_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    file = write("[hub]\n[[policy]]\ncall = 'math'\n")

    assert config.run(["check", file]) is Status.FINE
    assert told(capsys)[0] == [
        "warning: rule 1: call 'math' fits no call, which is SERVICE.METHOD; write 'math.*'",
        "site.toml is right: hub",
    ]
    assert config.run(["check", file, "-o", "jsonl"]) is Status.FINE
    assert json.loads(capsys.readouterr().out)["kind"] == "warning"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (None, "exchange config: site.toml: cannot be read: No such file or directory"),
        ("[hub\n", "exchange config: site.toml: not TOML: "),
        ("", "exchange config: site.toml has nothing to run; add a table, such as [hub]"),
    ],
)
@pytest.mark.parametrize("form", ["text"])
def test_a_file_that_cannot_be_read_is_told(
    capsys: pytest.CaptureFixture[str], text: str | None, line: str, form: str
) -> None:
    if text is not None:
        write(text)

    assert config.run(["check", "site.toml"]) is Status.USAGE
    (wrong,) = told(capsys)[1]
    assert wrong.startswith(line)


def test_only_the_chosen_parts_are_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    file = write("[hub]\n[gateways.web]\ntokens = 'none'\n")

    assert config.run(["check", file, "--only", "hub"]) is Status.FINE
    assert config.run(["check", file, "--only", "gateways.wob"]) is Status.USAGE
    assert "did you mean 'gateways.web'?" in told(capsys)[1][0]


def test_a_shown_configuration_is_toml_with_a_remark_on_each_value(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_GROUP", "plant")
    file = write('[hub]\nname = "rome"\n[[policy]]\ncall = ["a.*"]\n[gateways.web]\nmount = { "/rpc" = "jsonrpc" }\n')

    assert config.run(["show", file, "--dead-after", "20"]) is Status.FINE

    out, wrong = told(capsys)
    assert wrong == []
    remarks = {line.partition("#")[0].strip(): line.rpartition("# ")[2] for line in out if "  # " in line}
    assert remarks['name = "rome"'] == "site.toml, line 2"
    assert remarks['group = "plant"'] == "EXCHANGE_GROUP"
    assert remarks["dead-after = 20"] == "--dead-after"
    assert remarks["drain-time = 30"] == "default"
    shown = tomllib.loads("\n".join(out))
    assert shown["hub"]["dead-after"] == 20
    assert "token-file" not in shown["hub"]
    assert shown["policy"][0]["call"] == ["a.*"]
    assert shown["gateways"]["web"]["mount"] == {"/rpc": "jsonrpc"}


def test_programs_get_values_and_their_origins(capsys: pytest.CaptureFixture[str]) -> None:
    assert config.run(["show", write("[hub]\n"), "--only", "hub", "-o", "json"]) is Status.FINE

    rows = json.loads(capsys.readouterr().out)
    assert rows[0] == {"table": "hub", "key": "name", "value": "", "origin": "default", "where": ""}


def test_every_option_of_a_hub_may_follow() -> None:
    options = Options()
    known = {name.rstrip("=") for name in options.longOpt} - {"version", "help", "config", "only"}

    assert {*OPTIONS, *FLAGS} == known
    assert {name.rstrip("=") for name in options.longOpt if not name.endswith("=")} >= set(FLAGS)


def test_without_a_file_the_defaults_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert config.run(["show"]) is Status.FINE
    assert told(capsys)[0][0] == "[hub]"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["show", "--only", "hub"], "exchange config: --only chooses parts of a file; name the file too"),
        (["show", "gone.toml"], "exchange config: gone.toml: cannot be read: No such file or directory"),
        (["show", "site.toml", "--heartbeat", "x"], "exchange config: --heartbeat: expected a number of seconds"),
    ],
)
def test_what_cannot_be_shown_is_told(capsys: pytest.CaptureFixture[str], words: list[str], line: str) -> None:
    write("[hub]\n")

    assert config.run(words) is Status.USAGE
    (wrong,) = told(capsys)[1]
    assert wrong.startswith(line)


@pytest.mark.parametrize(
    "words", [[], ["check"], ["check", "a", "--nonsense"], ["schema", "x"], ["sho"], ["show", "a", "--no"]]
)
def test_wrong_use_ends_with_status_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        config.run(words)
    assert caught.value.code == 2


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert config.run(["schema"]) is Status.FINE
    assert json.loads(capsys.readouterr().out)["properties"]["hub"]["properties"]["name"]["type"] == "string"


@pytest.mark.parametrize("value", [True, 5, 0.5, "a\"b\n'c", ["a", 1], {"/a b": "x", "y": ["z"]}, {}, [], "ü"])
def test_values_are_written_as_toml_reads_them(value: Any) -> None:
    assert tomllib.loads(f"x = {toml_of(value)}")["x"] == value
