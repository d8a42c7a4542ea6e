"""The hidden verb that the shells run at each TAB."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_twisted

from exchange.app.cli.complete import run, words_of
from exchange.app.cli.completing import Candidate
from tests.app.cli.conftest import Command, Place
from tests.system.processes import free_port


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("exchange", [""]),
        ("exchange ", [""]),
        ("exchange ca", ["ca"]),
        ("exchange call ", ["call", ""]),
        ("exchange call --hub tcp:a:1 'two words' m", ["call", "--hub", "tcp:a:1", "two words", "m"]),
        ("exchange call x#y 'open", ["call", "x#y", ""]),
    ],
)
def test_a_line_is_parted_as_a_shell_would(line: str, words: list[str]) -> None:
    assert words_of(line) == words


def test_contexts_are_known_without_a_hub(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config/exchange").mkdir(parents=True)
    (tmp_path / "config/exchange/contexts.toml").write_text('[contexts.plant]\n[contexts."a b"]\n')

    run(["line", "exchange call --context p"])
    run(["words", "context", "use", ""])

    assert capsys.readouterr().out == "plant\t\nplant\t\n"


@pytest.mark.parametrize("mark", list(" \t\n'\"\\`$;&|<>(){}[]!*?#~"))
def test_no_name_from_afar_puts_anything_on_the_line_that_a_shell_would_run(
    mark: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = [Candidate(f"math{mark}reboot"), Candidate("math.multiply:2")]
    monkeypatch.setattr("exchange.app.cli.complete.names", lambda kind, begun, words: there)

    run(["words", "call", "m"])

    assert capsys.readouterr().out == "math.multiply:2\t\n"


@pytest.mark.parametrize("words", [[], ["words"], ["line"], ["line", ""]])
def test_it_never_complains(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 0

    printed = capsys.readouterr()
    assert "services\t" in printed.out
    assert printed.err == ""


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["services", "m"], ["math\t1 instance"]),
        (["services", "--in", ""], ["plant\t", "web-services\t"]),
        (["call", ""], ["math.\t1 instance", "plant.press.\t2 instances"]),
        (["call", "math.mu"], ["math.multiply\tReturn the product of two numbers."]),
        (["call", "plant."], ["plant.press.\t2 instances"]),
        (["describe", "plant.press."], ["plant.press.which\tReturn which of the two this is."]),
        (["call", "dusk.t"], []),
    ],
)
@pytest_twisted.ensureDeferred
async def test_names_are_asked_for_at_the_hub(verb: Command, hub: Place, words: list[str], lines: list[str]) -> None:
    ended = await verb("_complete", "words", *words)

    assert (ended.status, ended.lines, ended.err) == (0, lines, "")


@pytest_twisted.ensureDeferred
async def test_instances_links_and_hubs_too(verb: Command, hub: Place) -> None:
    instances = await verb("_complete", "words", "call", "plant.press.which", "--instance", "")
    links = await verb("_complete", "words", "kick", "")
    hubs = await verb("_complete", "words", "drain", "")

    assert [line.split("\t")[1] for line in instances.lines] == ["plant.press", "plant.press"]
    assert any("math" in line for line in links.lines)
    assert [line.split("\t")[1] for line in hubs.lines] == ["rome"]


@pytest_twisted.ensureDeferred
async def test_the_hub_that_the_words_name_is_asked(verb: Command, place: Place) -> None:
    assert (await verb("_complete", "words", "services", "--hub", place.at, "ma")).lines == ["math\t1 instance"]


@pytest.mark.parametrize("more", [["--hub", f"localhost:{free_port()}"], ["--hub", "x"], ["-C", "none"], ["--hub"]])
@pytest_twisted.ensureDeferred
async def test_where_no_hub_answers_nothing_is_said(verb: Command, more: list[str]) -> None:
    assert await verb("_complete", "words", "services", *more, "--in", "p") == (0, "", "")
