"""A page that is carried out: its files are written, its commands run, and their answers are as it says.

What the page cannot say to its readers, it says in comments, which they do not see::

    <!-- not run: WHY -->           the block below is for readers alone
    <!-- stops: COMMAND -->         the reader ends by Ctrl-C what was started by a command that begins so; or all
    <!-- kills: COMMAND -->         likewise, as hard as can be
    <!-- says: COMMAND -->          the block below is what that says next: its lines, in any order
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.system.conftest import StartProcess
from tests.system.processes import PATIENCE, Process, environment, free_port

DOCS = Path(__file__).parents[2] / "docs"
PARTS = re.compile(
    r"^```(?P<kind>\w+)\n(?P<text>.*?)^```"
    r"|^    (?P<command>(?:twistd|python) [^\n]*)$"
    r"|^<!-- (?P<told>not run|stops|kills|says): (?P<what>[^\n]*?) -->$",
    re.MULTILINE | re.DOTALL,
)
SAID = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
NAMED = re.compile(r"# (\S+\.?\w*)\n")
PORTS = re.compile(r"\b(?:1111\d|8000|8080|8443)\b")
RUN_ON = ("twistd", "python")


def chosen_ports(*texts: str) -> dict[str, str]:
    """Return a free port for each that the texts name."""
    return {port: str(free_port()) for text in texts for port in sorted(set(PORTS.findall(text)))}


class Howto:
    """One page of ``docs/howto``, with ports of its own in place of those that it names.

    Args:
        ports: Those to take; for a page that goes on where another ended.

    Attributes:
        processes: Those that its commands started, in their order.
        ran: How many commands that end were run.
        left: Blocks that nothing was done with, and no comment says why: the first line of each.
    """

    def __init__(self, name: str, process: StartProcess, folder: Path, ports: dict[str, str] | None = None) -> None:
        text = (DOCS / "howto" / name).read_text()
        self.ports = ports if ports is not None else chosen_ports(text)
        self._text = PORTS.sub(lambda port: self.ports[port[0]], text)
        self._process = process
        self._folder = folder
        self.processes: list[Process] = []
        self.running: list[tuple[str, Process]] = []
        self._heard: dict[int, int] = {}
        self._usual: dict[str, str] = {}
        self.ran = 0
        self.left: list[str] = []

    def carry_out(self) -> None:
        """Do all that it says, from its first line to its last."""
        told: tuple[str, str] = ("", "")
        for part in PARTS.finditer(self._text):
            if part["told"] in ("stops", "kills"):
                self._end(part["what"], signal.SIGINT if part["told"] == "stops" else signal.SIGKILL)
            elif part["told"]:
                told = part["told"], part["what"]
            else:
                if told[0] == "says":
                    self._hear(told[1], part["text"])
                elif not told[0]:
                    self._do(part)
                told = ("", "")

    def _do(self, part: re.Match[str]) -> None:
        if part["command"]:
            self._start(part["command"])
        elif part["kind"] == "console":
            for command, answer in SAID.findall(part["text"]):
                self._check(command, answer)
        elif named := NAMED.match(part["text"]):
            (self._folder / named[1]).write_text(part["text"])
        elif part["kind"] != "toml":  # what shows a few keys of a file is read by tests/test_blocks.py
            self.left.append(part["text"].partition("\n")[0])

    def _start(self, command: str) -> None:
        name, *words = command.split()
        if "exchange" in words and not {"--port", "-p", "--listen", "-l", "--config", "-c"} & set(words):
            self._take_another_port()
        ready = "serves" if name == "twistd" else ""
        started = self._process(name, *words, ready=ready, cwd=self._folder, env=self._usual)
        self.processes.append(started)
        self.running.append((command, started))

    def _take_another_port(self) -> None:
        """Have a hub that is told no port listen elsewhere than usual, where others may, and commands find it there."""
        port = self.ports.setdefault("11111", str(free_port()))
        self._usual = {"EXCHANGE_LISTEN": f"tcp:{port}:interface=127.0.0.1", "EXCHANGE_HUB": f"tcp:localhost:{port}"}

    def _end(self, command: str, how: signal.Signals) -> None:
        ending = [each for each in self.running if command == "all" or each[0].startswith(command)][::-1]
        assert ending, f"nothing runs that was started by {command}"
        for each in ending if command == "all" else ending[:1]:
            each[1].signal(how)
            each[1].wait()
            self.running.remove(each)

    def _hear(self, command: str, lines: str) -> None:
        (speaker,) = (each for words, each in self.running if words == command)
        heard = self._heard.get(speaker.pid, 0)
        for line in lines.splitlines():
            speaker.wait_for(line, after=heard)
        self._heard[speaker.pid] = speaker.count

    def _check(self, command: str, answer: str) -> None:
        told, (before, cut, _) = said(command, self._folder, **self._usual), answer.partition("...")
        assert told.startswith(before) if cut else told.rstrip("\n") == answer.rstrip("\n"), (command, told)
        self.ran += 1


def said(command: str, folder: Path, **env: str) -> str:
    """Run a command of the shell that ends, and return all that it says.

    Args:
        env: Changes to the environment.
    """
    ours = Path(sys.executable).parent
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment(PATH=f"{ours}:{environment()['PATH']}", **env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.stdout
