"""The `exchange` command finds the verb, or says what there is."""

from __future__ import annotations

import re
import subprocess
import sys
from statistics import median
from time import perf_counter

import pytest

from exchange.app.cli.main import main
from exchange.app.cli.verbs import VERBS
from tests.system.processes import environment, program

SHOWN = [name for name, verb in VERBS.items() if verb.family]


def test_the_help_lists_the_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == main(["-h"]) == main(["help"]) == 0
    text = capsys.readouterr().out
    assert re.search("^  call +Call a method of a service", text, re.MULTILINE)
    assert [name for name in SHOWN if not re.search(rf"^  {name} ", text, re.MULTILINE)] == []
    assert "  exchange call math.multiply 6 7\n" in text


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == "exchange 0.1.0\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "the verb is missing; see exchange --help"),
        (["cull"], "there is no verb 'cull'; did you mean 'call'?"),
        (["gruops"], "there is no verb 'gruops'; did you mean 'groups'?"),
        (["sub"], "there is no verb 'sub'; did you mean 'watch reports'?"),
        (["list"], "there is no verb 'list'; did you mean 'services'?"),
        (["xyzzy"], "there is no verb 'xyzzy'; see exchange --help"),
        (["help", "cull"], "there is no verb 'cull'; did you mean 'call'?"),
        (["--bogus"], "the verb comes first, and '--bogus' is none; see exchange --help"),
        (["--", "call"], "the verb comes first, and '--' is none; see exchange --help"),
    ],
)
def test_without_a_known_verb_it_ends_with_status_2(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err == f"usage: exchange [-h] [--version] VERB ...\nexchange: error: {told}\n"


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("by_help", [True, False])
def test_every_verb_has_help_with_examples_of_its_own(
    name: str, by_help: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["help", name] if by_help else [name, "--help"])

    assert caught.value.code in (0, None)
    text = capsys.readouterr().out
    assert text.startswith(f"usage: exchange {name} ")
    assert re.search(rf"^examples?:\n(  .*\n)*?.*exchange {name}", text, re.MULTILINE), text


HEAVY = ("twisted", "msgspec", "msgpack", "rich", "exchange.errors", "argparse", "typing", "json")


def test_the_help_imports_nothing_that_it_does_not_need() -> None:
    code = (
        "import sys; before = set(sys.modules); from exchange.app.cli.main import main; main(['--help']); "
        f"print([name for name in {HEAVY} if name in set(sys.modules) - before], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr == "[]\n"


def test_the_help_is_there_in_three_times_the_time_that_python_needs_to_start() -> None:
    commands = ([program("exchange"), "--help"], [sys.executable, "-c", "pass"])
    unmeasured = {name: value for name, value in environment().items() if not name.startswith("COV")}
    took: list[list[float]] = [[], []]
    for _ in range(15):
        for times, command in zip(took, commands, strict=True):
            began = perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=unmeasured)
            times.append(perf_counter() - began)
    ours, python = map(median, took)
    assert ours <= 3 * python, f"{ours:.3f} s, and Python {python:.3f} s"


@pytest.mark.parametrize("words", [["--help"], ["call", "--help"], ["--version"]])
def test_when_nobody_reads_what_is_printed_nothing_is_said_of_it(words: list[str]) -> None:
    reader_gone = f"'{program('exchange')}' {' '.join(words)} | true"
    ran = subprocess.run(["sh", "-c", reader_gone], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("", "")
