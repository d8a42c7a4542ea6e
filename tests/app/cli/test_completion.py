"""The scripts of ``exchange completion``, run by the shells that they are for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.utils import getProcessOutputAndValue

from exchange.app.cli.completion import SCRIPTS, run
from tests.app.cli.conftest import Place
from tests.system.processes import environment

BASH_ASKS = """
source "$1"
COMP_LINE=$2 COMP_POINT=${#2}
COMP_WORDS=("${@:3}") COMP_CWORD=$(($# - 3))
_exchange
printf '%s\\n' "${COMPREPLY[@]}"
"""

ZSH_ASKS = """
compdef() { registered="$*" }
_describe() { local each; for each in ${(P)2}; do print -r -- "$each ${@[3,-1]}"; done }
_files() { print -r -- files }
eval "$(<$1)"
[[ $registered == "_exchange exchange" ]] || print -r -- unregistered
shift
words=("$@") CURRENT=$# PREFIX=${@[-1]}
_exchange
"""


def shell(name: str) -> str:
    """Return the path of a shell; where there is none its script is not tried."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


async def asked(*argv: str, hub: str = "") -> list[str]:
    """Return the lines that a shell prints, in which the command is found."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = environment(PATH=path, EXCHANGE_HUB=hub or "localhost:1")
    out, err, status = await getProcessOutputAndValue(argv[0], argv[1:], env=env, reactor=reactor)
    assert (status, err) == (0, b"")
    return str(out.decode()).splitlines()


@pytest.fixture
def script(tmp_path: Path) -> Mapping[str, str]:
    """The files of the scripts, by their shells."""
    files = {}
    for name, text in SCRIPTS.items():
        (tmp_path / name).write_text(text)
        files[name] = str(tmp_path / name)
    return files


def test_each_script_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in SCRIPTS.items():
        assert run([name]) == 0
        assert capsys.readouterr().out == text


@pytest.mark.parametrize(
    ("line", "words", "found"),
    [
        ("exchange ser", ["exchange", "ser"], ["serve", "services"]),
        ("exchange call -o j", ["exchange", "call", "-o", "j"], ["json", "jsonl"]),
        ("exchange call --output=js", ["exchange", "call", "--output", "=", "js"], ["json", "jsonl"]),
        (
            "exchange call --hub tcp:a:1 --ti",
            ["exchange", "call", "--hub", "tcp", ":", "a", ":", "1", "--ti"],
            ["--timing", "--timeout"],
        ),
        ("exchange cert ", ["exchange", "cert", ""], ["ca", "hub", "peer", "show"]),
        ("exchange call math.multiply ", ["exchange", "call", "math.multiply", ""], [""]),
    ],
)
@pytest_twisted.ensureDeferred
async def test_bash_completes_verbs_and_options(
    script: Mapping[str, str], line: str, words: list[str], found: list[str]
) -> None:
    assert await asked(shell("bash"), "-c", BASH_ASKS, "bash", script["bash"], line, *words) == found


@pytest_twisted.ensureDeferred
async def test_bash_completes_names_that_the_hub_knows(script: Mapping[str, str], place: Place) -> None:
    words = ("exchange call math.m", "exchange", "call", "math.m")
    assert await asked(shell("bash"), "-c", BASH_ASKS, "bash", script["bash"], *words, hub=place.at) == [
        "math.multiply"
    ]


@pytest_twisted.ensureDeferred
async def test_zsh_completes_with_what_each_word_is_for(script: Mapping[str, str], place: Place) -> None:
    ask = (shell("zsh"), "-f", "-c", ZSH_ASKS, "zsh", script["zsh"], "exchange")

    assert await asked(*ask, "ser") == [
        "serve:Run services in the foreground, each named by its class. ",
        "services:Tell which services there are, and their instances. ",
    ]
    assert await asked(*ask, "call", "ma", hub=place.at) == ["math.:1 instance -S "]
    assert await asked(*ask, "policy", "check", "") == ["files"]


@pytest_twisted.ensureDeferred
async def test_fish_completes_with_what_each_word_is_for(script: Mapping[str, str], place: Place) -> None:
    def ask(line: str) -> tuple[str, ...]:
        return (shell("fish"), "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", script["fish"], line)

    assert await asked(*ask("exchange ser")) == [
        "serve\tRun services in the foreground, each named by its class.",
        "services\tTell which services there are, and their instances.",
    ]
    assert await asked(*ask("exchange call --tim")) == [
        "--timeout\thow long to wait for an answer (30)",
        "--timing\ttell how long it took, and which instance answered",
    ]
    assert await asked(*ask("exchange describe math.mu"), hub=place.at) == [
        "math.multiply\tReturn the product of two numbers."
    ]


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_shell_reads_its_script_without_complaint(name: str, script: Mapping[str, str]) -> None:
    ran = subprocess.run([shell(name), "-n", script[name]], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
