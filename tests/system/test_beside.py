"""Several commands at once, as `make test` runs the tests: what is shown of them, and how they end."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import Process

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
LINGERS = """
import pathlib, sys, time
name, mine, others = sys.argv[1:]
try:
    pathlib.Path(mine).touch()
    while not pathlib.Path(others).exists(): time.sleep(0.02)
    print("begun", flush=True)
    time.sleep(600)
except KeyboardInterrupt:
    print("cleared away", name, flush=True)
"""
WAITS_FOR = "import sys, time, pathlib\nwhile not pathlib.Path(sys.argv[1]).exists(): time.sleep(0.02)\n"


def beside(process: StartProcess, works: list[str], *others: list[str]) -> Process:
    more = [word for each in others for word in ("--", *each)]
    return process("python", "-m", "tests.beside", *works, *more, cwd=ROOT)


def python(program: str, *words: str) -> list[str]:
    return [sys.executable, "-c", program, *words]


def test_what_the_second_says_is_shown_whole_when_the_first_is_done(process: StartProcess, tmp_path: Path) -> None:
    said = str(tmp_path / "said")
    first = python(f"print('one', flush=True)\n{WAITS_FOR}print('two')", said)
    second = python(f"import pathlib\nprint('three', flush=True)\npathlib.Path({said!r}).touch()\nprint('four')")
    both = beside(process, first, second)
    assert both.wait() == 0, both.story()
    assert both.output.split() == ["one", "two", "three", "four"]


def test_what_each_says_stands_together_in_the_order_in_which_they_were_named(process: StartProcess) -> None:
    names = ("one", "two", "three")
    all_three = beside(process, *(python(f"print('{name}')\nprint('{name} is done')") for name in names))
    assert all_three.wait() == 0, all_three.story()
    assert all_three.lines == [line for name in names for line in (name, f"{name} is done")]


def test_what_the_second_goes_on_to_say_is_shown_as_it_comes(process: StartProcess, tmp_path: Path) -> None:
    both = beside(process, ["true"], python(f"print('one', flush=True)\n{WAITS_FOR}", str(tmp_path / "seen")))
    both.wait_for("one")
    (tmp_path / "seen").touch()
    assert both.wait() == 0, both.story()


@pytest.mark.parametrize(("ends", "status"), [((3, 0), 3), ((0, 4), 4), ((3, 4), 3), ((0, 0, 5), 5), ((0, 4, 5), 4)])
def test_a_failure_of_any_is_the_status_and_all_are_run_to_their_ends(
    process: StartProcess, ends: tuple[int, ...], status: int
) -> None:
    together = beside(process, *(python(f"print('end'); raise SystemExit({number})") for number in ends))
    assert together.wait() == status
    assert together.output == "end\n" * len(ends)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_one_ctrl_c_for_both_and_is_waited_for(
    process: StartProcess, tmp_path: Path, number: signal.Signals
) -> None:
    files = [str(tmp_path / name) for name in ("first", "second")]
    both = beside(process, python(LINGERS, "first", *files), python(LINGERS, "second", *reversed(files)))
    both.wait_for("begun")
    os.kill(both.pid, number)
    assert both.wait() == 0, both.story()
    assert [line for line in both.lines if line != "begun"] == ["cleared away first", "cleared away second"]
