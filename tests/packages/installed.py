"""What an environment must show in which the package is installed, and what after it was taken away again."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
from pathlib import Path
from shutil import copytree

ROOT = Path(__file__).parents[2]
QUICKSTART = ROOT / "examples" / "quickstart"
COMMANDS = {"exchange", "exchange-services", *(f"{kind}-gateway" for kind in ("xmlrpc", "jsonrpc", "soap", "web"))}
"""What twistd learns."""

TWISTD = ("-c", "import sys; sys.argv[0] = 'twistd'; from twisted.scripts.twistd import run; run()")
PLACE = "import {0}, pathlib; print(pathlib.Path({0}.__file__).parent)"


def run(*argv: str | Path, cwd: Path) -> str:
    """Run a program to its end, and return what it printed; it is a copy of ours, whose coverage is not measured."""
    done = subprocess.run(argv, cwd=cwd, env=_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{argv} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def check_commands(python: Path, cwd: Path) -> None:
    """The commands are there, from any folder, and say what they are; and so do the annotations."""
    assert commands(python, cwd) >= COMMANDS
    assert "--join" in run(python, *TWISTD, "exchange", "--help", cwd=cwd)
    for command in ((python.with_name("exchange"),), (python, "-m", "exchange")):
        assert run(*command, "--version", cwd=cwd) == "exchange 0.1.0\n"
    assert (place(python, "exchange", cwd) / "py.typed").is_file()


def check_call(python: Path, cwd: Path, hub: int, web: int) -> None:
    """A site serves, with its hub and its gateway at these ports, and a call is answered."""
    site = copytree(QUICKSTART, cwd / "site") / "site.toml"
    site.write_text(site.read_text().replace("11111", str(hub)).replace("8000", str(web)))
    argv: list[str | Path] = [python, *TWISTD, "--nodaemon", "exchange", "--config", site]
    with subprocess.Popen(argv, cwd=cwd, env=_environment(), stdout=subprocess.PIPE, text=True) as serving:
        try:
            assert serving.stdout is not None
            said = next((line for line in serving.stdout if "exchange serves: " in line), "nothing that serves")
            call = (python.with_name("exchange"), "call", "--hub", f"tcp:127.0.0.1:{hub}", "--wait", "20")
            assert run(*call, "math.multiply", "6", "7", cwd=cwd) == "42\n", said
        finally:
            serving.send_signal(signal.SIGINT)
            serving.communicate()


def check_away(python: Path, cwd: Path, before: set[Path]) -> None:
    """Nothing is left of it, and Twisted has the files that it had ``before``, and its commands."""
    found = commands(python, cwd)
    assert "web" in found
    assert not COMMANDS & found
    home = place(python, "twisted", cwd)
    assert files(home) == before
    assert not list((home / "plugins").rglob("*exchange*"))
    with (home / "plugins" / "dropin.cache").open("rb") as cache:
        known = pickle.load(cache)
    assert known
    assert not [name for name in known if "exchange" in name]
    found_by = "import importlib.util; print(importlib.util.find_spec('exchange'))"
    assert run(python, "-c", found_by, cwd=cwd) == "None\n"


def commands(python: Path, cwd: Path) -> set[str]:
    """Return the commands that twistd has."""
    return {line.split()[0] for line in run(python, *TWISTD, "--help", cwd=cwd).splitlines() if line.strip()}


def place(python: Path, package: str, cwd: Path) -> Path:
    """Return the folder of a package."""
    return Path(run(python, "-c", PLACE.format(package), cwd=cwd).strip())


def files(folder: Path) -> set[Path]:
    """Return the files of a folder, by their paths in it, without what Python and Twisted write there on their own."""
    return {
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and path.name != "dropin.cache" and "__pycache__" not in path.parts
    }


def _environment() -> dict[str, str]:
    unwanted = ("COVERAGE", "EXCHANGE_", "PYTHONPATH", "PIP_TARGET")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
