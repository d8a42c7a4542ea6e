"""What ``docs/explanation/versions.md`` promises: what was public stays, and what goes is told of first."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from exchange.wire.dialogue import Dialogue
from exchange.wire.terms import VERSIONS, Terms
from tests.versions.promises import promised

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "versions.md").read_text()
RELEASES = sorted(Path(__file__).parent.glob("promised_*.json"))


@pytest.fixture(scope="module")
def now() -> dict[str, Any]:
    return promised()


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.stem)
def test_what_a_release_promised_is_there(release: Path, now: dict[str, Any]) -> None:
    """A line may be taken out of the file when its time is over, as the page says."""
    then = json.loads(release.read_text())
    assert then.keys() <= now.keys()
    for what, promises in then.items():
        gone = {name: lost for name, each in promises.items() if (lost := _lost(each, now[what].get(name)))}
        assert gone == {}, f"{what} that {release.stem} has and that are gone: deprecate them first"


def _lost(then: Any, now: Any) -> Any:
    """Return what was promised and is not so any more."""
    if isinstance(then, list):
        return then if now is None else [each for each in then if each not in now]
    return None if then == now else then


def test_what_is_gone_would_be_noticed(now: dict[str, Any]) -> None:
    assert _lost(["reactor", "group"], ["group", "more"]) == ["reactor"]
    assert _lost([], None) == []
    assert _lost(3, 4) == 3
    assert "exchange" in now["options"]
    assert now["parameters"]["exchange.Exchange.call"][:3] == ["self", "to", "method"]


def test_the_page_says_which_version_of_the_wire_this_release_speaks() -> None:
    (spoken,) = re.findall(rf"^\| {version('exchange').rpartition('.')[0]} \| ([\d, ]+) \|$", PAGE, re.MULTILINE)
    assert spoken == ", ".join(map(str, VERSIONS))
    assert 1 in VERSIONS, "every release 0.x and 1.x speaks version 1"


def test_the_page_says_what_those_are_told_who_share_no_version() -> None:
    new, old = (
        Dialogue(Terms(b"n" * 32, versions=(2, 3)), True, 0.0),
        Dialogue(Terms(b"o" * 32, is_hub=True), False, 0.0),
    )
    old.receive(b"".join(new.to_write()))
    assert old.reason is not None
    assert f"`{old.reason.text}`" in " ".join(PAGE.split())


def test_the_command_of_the_page_says_what_it_says() -> None:
    (command, answer) = re.findall(r"^```console\n\$ (.*)\n(.*\n)```", PAGE, re.MULTILINE)[0]
    assert command.startswith("python ")
    words = ["sh", "-c", command.replace("python", sys.executable, 1)]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == answer


def test_whoever_uses_what_is_deprecated_is_told_what_to_write() -> None:
    (program,) = re.findall(r"^```python\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)
    (told,) = re.findall(r"is told: `(.*)`", PAGE)
    names: dict[str, Any] = {"__name__": "exchange"}
    exec(program, names)
    with pytest.warns(DeprecationWarning, match=f"^{re.escape(told)}$"):
        assert names["times"](6, 7) == 42
