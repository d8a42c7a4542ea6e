"""The package as others get it: what is in it, installed in an environment of its own, used from any folder.

``make packages`` does the same with everything fetched, for each version of Python that it is for.
"""

from __future__ import annotations

import shutil
import sys
import sysconfig
import tarfile
import venv
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from tests.packages.installed import check_away, check_call, check_commands, files, place, run
from tests.system.processes import free_port

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
NOT_COPIED = shutil.ignore_patterns("__pycache__", "dropin.cache", "_build", ".*", "*.egg-info")
FOLDERS = ("docs", "examples", "exchange", "tests", "twisted")
DOTTED = (".dockerignore", ".gitignore")
MADE = ("PKG-INFO", "exchange.egg-info/")
"""What setuptools adds to a source distribution."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is checked in, so that nothing is built among the sources."""
    copy = tmp_path_factory.mktemp("sources") / "project"
    copy.mkdir()
    for entry in ROOT.iterdir():
        if entry.name in FOLDERS:
            shutil.copytree(entry, copy / entry.name, ignore=NOT_COPIED)
        elif entry.is_file() and (not entry.name.startswith(".") or entry.name in DOTTED):
            shutil.copy(entry, copy / entry.name)
    return copy


@pytest.fixture(scope="module")
def distributions(project: Path) -> dict[str, Path]:
    """The source distribution, and the wheel made of it, as ``python -m build`` makes them."""
    before = files(project)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", project.parent / "dist", project, cwd=project)
    found = {path.suffix: path for path in (project.parent / "dist").iterdir()}
    shutil.rmtree(project / "exchange.egg-info")
    assert files(project) == before
    return {"sdist": found[".gz"], "wheel": found[".whl"]}


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


def pip(python: Path, *words: str | Path) -> tuple[str | Path, ...]:
    """Return the command of pip for an environment."""
    return (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--python", python, *words)


INSTALL = ("install", "--no-deps", "--no-build-isolation")


@pytest.mark.parametrize("how", ["wheel", "sdist", "editable"])
def test_it_is_installed_used_from_any_folder_and_taken_away_again(
    tmp_path: Path, project: Path, distributions: dict[str, Path], python: Path, how: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    before = files(place(python, "twisted", elsewhere))
    what = ("--editable", project) if how == "editable" else (distributions[how],)
    run(*pip(python, *INSTALL, *what), cwd=tmp_path)

    check_commands(python, elsewhere)
    if how == "wheel":
        check_call(python, elsewhere, free_port(), free_port())

    run(*pip(python, "uninstall", "--yes", "exchange"), cwd=tmp_path)
    check_away(python, elsewhere, before)


def test_the_wheel_holds_the_package_and_the_plugins_of_twistd_and_nothing_else(
    project: Path, distributions: dict[str, Path]
) -> None:
    with zipfile.ZipFile(distributions["wheel"]) as wheel:
        held = {Path(name) for name in wheel.namelist() if ".dist-info/" not in name}
    package = {Path("exchange") / path for path in files(project / "exchange")}
    assert held == package | {Path("twisted/plugins/exchange_plugins.py")}


def test_the_source_distribution_holds_all_that_its_tests_and_documents_need(
    project: Path, distributions: dict[str, Path]
) -> None:
    with tarfile.open(distributions["sdist"]) as archive:
        held = {member.name.partition("/")[2] for member in archive if member.isfile()}
    assert {name for name in held if not name.startswith(MADE)} == {path.as_posix() for path in files(project)}


def test_the_tools_that_judge_packages_find_nothing(project: Path, distributions: dict[str, Path]) -> None:
    """The long description can be shown, too."""
    bin = Path(sys.executable).parent
    assert run(bin / "check-wheel-contents", distributions["wheel"], cwd=project).endswith(": OK\n")
    said = run(bin / "twine", "check", "--strict", *distributions.values(), cwd=project)
    assert said.count("PASSED") == 2


def test_what_it_says_of_itself_is_whole(distributions: dict[str, Path]) -> None:
    with zipfile.ZipFile(distributions["wheel"]) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
        told = message_from_string(wheel.read(name).decode())
    assert (told["Name"], told["Version"], told["Requires-Python"]) == ("exchange", "0.1.0", ">=3.11")
    assert told.get_payload() == (ROOT / "README.md").read_text()
    needed = {each.partition(">")[0].strip() for each in told.get_all("Requires-Dist", []) if "extra ==" not in each}
    assert needed == {"twisted", "zope.interface", "msgpack", "msgspec", "defusedxml"}
    classifiers = told.get_all("Classifier", [])
    for minor in (11, 12, 13):
        assert f"Programming Language :: Python :: 3.{minor}" in classifiers
    assert "Private :: Do Not Upload" in classifiers  # the name belongs to somebody else's package
    assert told["Keywords"]
    assert "MIT" in (told["License"], told["License-Expression"])
    assert told["License-File"] == "LICENSE"


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
