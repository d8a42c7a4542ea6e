"""The package for each Python that it is for: built, installed in an environment that has nothing, used, taken away.

    python -m tests.packages [--python 3.11 ...]

The wheel and the source distribution are built as anybody does it, by ``python -m build``, from what is checked in.
Each is installed with what it depends on, fetched by pip. The status is 1 if a Python is missing: what was not tried
is not shown. Tests whose packages are those of the environment at hand are in ``tests/system/test_packaging.py``.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.packages.installed import ROOT, check_away, check_call, check_commands, files, place, run
from tests.system.processes import free_port

PYTHONS = ("3.11", "3.12", "3.13")
TELL = "import sys; print('.'.join(map(str, sys.version_info[:2])), sys.executable)"


def main() -> int:
    """Try all that was asked for, and return 0 if all of it holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.packages", description=__doc__.partition("\n")[0])
    parser.add_argument("--python", action="append", metavar="VERSION", help=f"instead of {', '.join(PYTHONS)}")
    asked = parser.parse_args().python or PYTHONS
    found = {version: find(version) for version in asked}
    with TemporaryDirectory() as folder:
        made = build(Path(folder))
        for version, python in found.items():
            if python:
                attempt_all(python, made, Path(folder) / version)
    missing = [version for version, python in found.items() if not python]
    if missing:
        print(f"not tried, since they are not here: Python {', '.join(missing)}", file=sys.stderr)
    return 1 if missing else 0


def find(version: str) -> str | None:
    """Return an interpreter of that version, on the path or of pyenv."""
    for candidate in filter(shutil.which, _candidates(version)):
        done = subprocess.run([candidate, "-c", TELL], capture_output=True, text=True, check=False)
        told, _, place = done.stdout.strip().partition(" ")
        if told == version:
            return place
    return None


def build(folder: Path) -> list[Path]:
    """Build both distributions of what is checked in, let the tools look at them, and return them."""
    sources, made = folder / "sources", folder / "dist"
    run("git", "clone", "--quiet", ROOT, sources, cwd=folder)
    run(sys.executable, "-m", "build", "--outdir", made, sources, cwd=folder)
    distributions = sorted(made.iterdir())
    tools = Path(sys.executable).parent
    run(tools / "check-wheel-contents", *made.glob("*.whl"), cwd=sources)
    run(tools / "twine", "check", "--strict", *distributions, cwd=sources)
    print("built, and looked at:", ", ".join(path.name for path in distributions), flush=True)
    return distributions


def attempt_all(python: str, distributions: list[Path], folder: Path) -> None:
    """Try each distribution with an interpreter, and say how that went."""
    for distribution in distributions:
        began = monotonic()
        attempt(python, distribution, folder)
        print(f"Python {folder.name}: {distribution.name} is fine, in {monotonic() - began:.0f} s", flush=True)


def attempt(python: str, distribution: Path, folder: Path) -> None:
    """Install a distribution in an environment of its own, use it, and take it away."""
    run(python, "-m", "venv", folder, cwd=folder.parent)
    ours = folder / "bin" / "python"
    pip = (ours, "-m", "pip", "--disable-pip-version-check", "--quiet")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    run(*pip, "install", "twisted", cwd=elsewhere)
    before = files(place(ours, "twisted", elsewhere))
    run(*pip, "install", distribution, cwd=elsewhere)
    run(*pip, "check", cwd=elsewhere)
    check_commands(ours, elsewhere)
    check_call(ours, elsewhere, free_port(), free_port())
    run(*pip, "uninstall", "--yes", "exchange", cwd=elsewhere)
    check_away(ours, elsewhere, before)
    shutil.rmtree(folder)


def _candidates(version: str) -> Iterator[str]:
    yield f"python{version}"
    pyenv = shutil.which("pyenv")
    if pyenv:
        told = subprocess.run([pyenv, "whence", f"python{version}"], capture_output=True, text=True, check=False)
        for each in told.stdout.split():
            prefix = subprocess.run([pyenv, "prefix", each], capture_output=True, text=True, check=False)
            yield f"{prefix.stdout.strip()}/bin/python{version}"


if __name__ == "__main__":
    sys.exit(main())
