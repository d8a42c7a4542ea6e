"""The package as others get it: installed in an environment of its own, used from any folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
OURS = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "exchange", "twisted")
NOT_COPIED = shutil.ignore_patterns("__pycache__", "dropin.cache", "test")


def run(*argv: str | Path, cwd: Path) -> str:
    """Run a program to its end, and return what it printed; it is a copy of ours, whose coverage is not measured."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{argv} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what is packaged, so that nothing is built among the sources."""
    copy = tmp_path / "project"
    copy.mkdir()
    for name in OURS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=NOT_COPIED)
        else:
            shutil.copy(source, copy / name)
    return copy


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """The interpreter of a new environment that has what we depend on, but not us.

    Nothing is fetched: the packages are those of the environment that runs the tests.
    Twisted is copied, since its plugins are found in, and its cache written to, its own folder.
    """
    folder = tmp_path / "environment"
    venv.create(folder, with_pip=False, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", "venv", vars={"base": str(folder)}))
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if entry.name == "twisted":
            shutil.copytree(entry, packages / entry.name, ignore=NOT_COPIED)
        elif "exchange" not in entry.name:
            (packages / entry.name).symlink_to(entry)
    return folder / "bin" / "python"


@pytest.mark.parametrize("how", [[], ["--editable"]], ids=["installed", "editable"])
def test_the_commands_work_from_any_folder(tmp_path: Path, project: Path, python: Path, how: list[str]) -> None:
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-build-isolation")
    run(*pip, *how, project, cwd=tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    twistd = run(python, "-c", "from twisted.scripts.twistd import run; run()", "--help", cwd=elsewhere)
    commands = {line.split()[0] for line in twistd.splitlines() if line.strip()}
    gateways = {f"{kind}-gateway" for kind in ("xmlrpc", "jsonrpc", "soap", "web")}
    assert {"exchange", "exchange-services", *gateways} <= commands

    assert run(python.with_name("exchange"), "--version", cwd=elsewhere) == "exchange 0.1.0\n"
    assert run(python, "-m", "exchange", "--version", cwd=elsewhere) == "exchange 0.1.0\n"
    typed = "import exchange, pathlib; print(pathlib.Path(exchange.__file__).with_name('py.typed').exists())"
    assert run(python, "-c", typed, cwd=elsewhere) == "True\n"


def test_the_help_of_the_exchange_command_does_not_wait_for_twisted(tmp_path: Path) -> None:
    program = """if True:
        import sys
        from exchange.app.cli.main import main
        for words in (["--help"], ["call", "--help"], ["call", "no-target"]):
            try:
                main(words)
            except SystemExit:
                pass
        print("twisted" in sys.modules)
    """
    assert run(sys.executable, "-c", program, cwd=tmp_path).endswith("\nFalse\n")
