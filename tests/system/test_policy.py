"""What principals may do, across two real hubs: the howto, and what is explained of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.howto import Howto, said

pytestmark = pytest.mark.system


def test_every_file_command_and_answer_of_the_howto_is_as_it_says(process: StartProcess, tmp_path: Path) -> None:
    howto = Howto("policy.md", process, tmp_path)

    howto.carry_out()

    assert (len(howto.processes), howto.ran) == (4, 7)
    _, _, press, shop = howto.processes
    shop.wait_for("principal 'press-one' may not offer 'shop' here; the hub's policy would have to grant more")
    asking = f"exchange explain --hub localhost:{howto.ports['11111']} --credentials"
    told = said(f"{asking} admin.secret call press.pressure --as desk; echo $?", tmp_path).splitlines()
    assert "rule 2 (principal 'desk', call 'press.pressure') grants it" in told[0]
    assert told[1:3] == ["nobody is linked here as desk", "1 named 'press':"]
    assert "at hub paris" in told[3]
    assert told[4] == "0"

    press.interrupt()
    press.wait()

    told = said(f"{asking} admin.secret call press.pressure --as desk; echo $?", tmp_path).splitlines()
    assert "nobody named 'press' is known in this exchange group; the last went" in told[2]
    assert told[-1] == "3"
    told = said(f"{asking} desk.secret call press.pressure; echo $?", tmp_path).splitlines()
    assert told == [
        "exchange explain: principal 'desk' may not administer 'press' here, and is told nothing of it",
        "6",
    ]
