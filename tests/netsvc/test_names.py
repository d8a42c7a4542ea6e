"""The table of names in the guide for programs of netsvc: what it says is kept is there, and what is gone is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange import netsvc
from exchange.netsvc import binding, connections, notices, records, request

GUIDE = Path(__file__).parents[2] / "docs" / "howto" / "coming-from-netsvc.md"
PLACES = (netsvc, binding, connections, notices, request, records)
STATES = ("kept", "changed", "new", "gone")


def rows() -> Iterator[tuple[str, str, str]]:
    """Give the class, the name and the state of every name in the table."""
    owner = ""
    for line in GUIDE.read_text().split("## Every name")[1].splitlines():
        if line.startswith("### "):
            owner = line[4:]
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 3 and cells[1] in STATES:
            for name in re.findall(r"`(\w+)`", cells[0]):
                yield owner, name, cells[1]


def place_of(owner: str) -> Any:
    """Return where the names of a class are."""
    if owner == "netsvc" or owner == "LocalService":
        return netsvc
    return next(getattr(place, owner) for place in PLACES if hasattr(place, owner))


@pytest.mark.parametrize(("owner", "name", "state"), list(rows()))
def test_a_name_is_there_unless_it_is_said_to_be_gone(owner: str, name: str, state: str) -> None:
    assert hasattr(place_of(owner), name) == (state != "gone")


@pytest.mark.parametrize(
    "owner",
    [
        *("Dispatcher", "Job", "Agent", "Monitor", "Registry", "Service", "Exchange", "HttpDaemon", "Logger"),
        *("Binding", "Request", "Response", "Failure", "Report", "Subscription", "PublisherNotification"),
    ],
)
def test_every_name_that_is_there_is_in_the_table(owner: str) -> None:
    written = {name for _, name, _ in rows()}
    public = {name for name in dir(place_of(owner)) if not name.startswith("_")}
    internal = {"log", "answer", "is_local", "settle", "through", "instance"}
    assert public - written - internal == set()


def test_every_name_of_the_module_is_in_the_table() -> None:
    written = {name for _, name, _ in rows()} | {owner for owner, _, _ in rows()}
    public = {name for name in vars(netsvc) if re.match(r"[A-Z]", name) and not name.endswith("_MESSAGE")}
    assert public - written == {"STANDARD_TEXTS"} & public
