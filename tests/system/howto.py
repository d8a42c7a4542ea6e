"""A howto that is carried out: its files are written, its commands run, and their answers are as it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.system.conftest import StartProcess
from tests.system.processes import PATIENCE, Process, environment, free_port

PARTS = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```|^    (?P<command>twistd [^\n]*)$", re.MULTILINE | re.DOTALL)
SAID = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
NAMED = re.compile(r"# (\S+\.?\w*)\n")


class Howto:
    """One page of ``docs/howto``, with ports of its own in place of those that it names.

    Attributes:
        processes: Those that its commands started, in their order.
        ran: How many commands that end were run.
    """

    def __init__(self, name: str, process: StartProcess, folder: Path) -> None:
        text = (Path(__file__).parents[2] / "docs/howto" / name).read_text()
        self.ports = {port: str(free_port()) for port in sorted(set(re.findall(r"\b1111\d\b", text)))}
        for port, free in self.ports.items():
            text = text.replace(port, free)
        self._text = text
        self._process = process
        self._folder = folder
        self.processes: list[Process] = []
        self.ran = 0

    def carry_out(self) -> None:
        """Do all that it says, from its first line to its last."""
        for part in PARTS.finditer(self._text):
            if part["command"]:
                name, *words = part["command"].split()
                self.processes.append(self._process(name, *words, ready="serves", cwd=self._folder))
            elif part["kind"] == "console":
                for command, answer in SAID.findall(part["text"]):
                    self._check(command, answer)
            elif named := NAMED.match(part["text"]):
                (self._folder / named[1]).write_text(part["text"])

    def _check(self, command: str, answer: str) -> None:
        told, (before, cut, _) = said(command, self._folder), answer.partition("...")
        assert told.startswith(before) if cut else told == answer, (command, told)
        self.ran += 1


def said(command: str, folder: Path) -> str:
    """Run a command of the shell that ends, and return all that it says."""
    ours = Path(sys.executable).parent
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment(PATH=f"{ours}:{environment()['PATH']}"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.stdout
