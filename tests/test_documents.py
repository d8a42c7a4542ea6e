"""The documents: what they link to is there, what they promise is so, and their programs run."""

from __future__ import annotations

import re
from inspect import getattr_static, iscoroutinefunction, signature
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from from_code import listed_rest
from twisted.internet import reactor

import exchange
from exchange import CallError, Exchange, Limits, Service
from exchange.app.cli import cert
from exchange.app.cli.status import Status
from exchange.errors import CALL_ERRORS
from tests.system.processes import free_port

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PYTHON = ROOT / "docs" / "reference" / "python.md"

LINK = re.compile(r"\]\(([^)\s]+)\)")
TREE = re.compile(r"^```\{toctree\}\n(?::[^\n]*\n)*\n(.*?)\n```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"```.*?```", re.DOTALL)


def name_of(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


def anchors_of(document: Path) -> set[str]:
    """Return what links into ``document`` may name: its headings, as the web writes them."""
    headings = re.findall(r"^#+ (.*)$", CODE.sub("", document.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(document: Path) -> None:
    for link in LINK.findall(CODE.sub("", document.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (document.parent / place).resolve() if place else document
        assert target.exists(), f"{link} leads nowhere"
        assert target.is_relative_to(ROOT), f"{link} leads out of the repository"
        if anchor:
            assert anchor in anchors_of(target), f"{link}: there is no such heading"


@pytest.mark.parametrize("document", [each for each in DOCUMENTS if each.parent.name != "changes"][1:], ids=name_of)
def test_every_document_can_be_reached_from_the_readme(document: Path) -> None:
    reached, left = set(), [ROOT / "README.md"]
    while left:
        page = left.pop()
        reached.add(page)
        text = page.read_text()
        links = [link.partition("#")[0] for link in LINK.findall(text) if "://" not in link]
        links += [f"{name}.md" for tree in TREE.findall(listed_rest(text, page)) for name in tree.split("\n")]
        found = [(page.parent / link).resolve() for link in links if link]
        for place in [*found, *(each for folder in found if folder.is_dir() for each in folder.glob("*.md"))]:
            if place.suffix == ".md" and place.exists() and place not in reached:
                left.append(place)
    assert document in reached


# The reference for programmers


def programs() -> dict[str, Any]:
    """Return all that the programs of the reference define, made anew, with the hub at a free port."""
    defined: dict[str, Any] = {}
    text = PYTHON.read_text().replace("tcp:localhost:11111", "tcp:127.0.0.1:11111").replace("11111", str(free_port()))
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, defined)
    return defined


@pytest_twisted.ensureDeferred
async def test_every_program_of_the_reference_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tokens").write_text("press:q9bJ3xv0m2kT7sWd\n")
    (tmp_path / "tokens").chmod(0o600)
    for words in (["ca"], ["hub", "rome"], ["peer", "press"]):
        assert cert.run([*words, "--folder", str(tmp_path)]) == Status.FINE
    monkeypatch.chdir(tmp_path)
    defined = programs()
    hub = await defined["listening"](reactor)
    caller = await defined["offering"](reactor)
    unrun = {name for name, value in defined.items() if iscoroutinefunction(value)} - {"listening", "offering"}
    try:
        for name in sorted(unrun):
            wanted = {"reactor": reactor, "exchange": caller}
            given = [wanted[parameter] for parameter in signature(defined[name]).parameters]
            await defined[name](*given)
            unrun.discard(name)
    finally:
        await caller.stopService()
        await hub.stopService()
    assert unrun == set()


def test_the_reference_names_all_that_is_public() -> None:
    text = PYTHON.read_text()
    assert [name for name in exchange.__all__ if not re.search(rf"\b{name}\b", text)] == []


@pytest.mark.parametrize("name", sorted(CALL_ERRORS))
def test_the_reference_has_the_number_of_each_failure(name: str) -> None:
    (row,) = re.findall(rf"^\| `{name}`[^|]*\| ([^|]*) \|", PYTHON.read_text(), re.MULTILINE)
    kind: type[CallError] = getattr(exchange, name)
    assert row.split(", ")[0] == ("its own" if kind is CallError else str(kind.usual_number))


def test_what_the_reference_writes_on_an_exchange_is_there() -> None:
    for name in re.findall(r"`exchange\.(\w+)", PYTHON.read_text()):
        assert getattr_static(Exchange, name) is not None


def test_the_reference_names_what_every_service_has_and_no_method_may_be_called() -> None:
    text = PYTHON.read_text().partition("### Names that are taken")[2].partition("To define one")[0]
    assert re.findall(r"`(\w+)`", text) == [name for name in dir(Service) if not name.startswith("_")]


def test_the_reference_has_each_limit() -> None:
    text = PYTHON.read_text().partition("## Limits")[2]
    assert [name for name in Limits.__dataclass_fields__ if f"`{name}`" not in text] == []
