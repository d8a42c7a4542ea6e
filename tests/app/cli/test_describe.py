"""``exchange describe``."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_twisted

from exchange import Exchange, Service, method
from exchange.wire.identities import readable
from tests.app.cli.conftest import Command, Math, Place


@dataclass
class Crate:
    """Holds nuts."""

    nuts: int
    label: str = ""


class Store(Service):
    """Keeps crates."""

    name = "plant.store"

    @method(idempotent=True)
    def put(self, crate: Crate, /, *, shelf: str = "a", **more: int) -> bool:
        """Put a crate on a shelf.

        \x1b[2JNot twice.
        """
        return True

    @method
    def count(self) -> int:
        """Return how many there are."""
        return 0


@pytest_twisted.ensureDeferred
async def test_people_read_signatures_types_and_documentation(verb: Command, hub: Place, other: Exchange) -> None:
    store = Store()
    other.add(store)
    await hub.shows("plant.store", 1)

    ended = await verb("describe", "plant.store")

    assert (ended.status, ended.err) == (0, "")
    crate = f"{__name__}.Crate"
    assert ended.lines == [
        f"service plant.store  ({readable(other.id_of(store))})",
        "    Keeps crates.",
        "",
        "  count() -> int",
        "      Return how many there are.",
        "",
        f"  put(crate: {crate}, /, *, shelf: str = 'a', **more: int) -> bool  (idempotent)",
        "      Put a crate on a shelf.",
        "",
        "      \\x1b[2JNot twice.",
        "",
        f"  type {crate}",
        "      Holds nuts.",
        "      nuts: int",
        "      label: str = ''",
    ]


@pytest_twisted.ensureDeferred
async def test_one_method_may_be_named_though_the_service_has_dots(verb: Command, hub: Place, other: Exchange) -> None:
    other.add(Store())
    await hub.shows("plant.store", 1)

    count, put = await verb("describe", "plant.store.count"), await verb("describe", "plant.store.put")

    assert "count() -> int" in count.out
    assert "put(" not in count.out
    assert "type " not in count.out
    assert "Crate\n" in put.out


@pytest_twisted.ensureDeferred
async def test_programs_get_the_description_itself(verb: Command, hub: Place) -> None:
    told = json.loads((await verb("describe", "math.multiply", "-o", "json")).out)

    (math,) = hub.peer.instances("math")
    assert {key: told[key] for key in ("service", "documentation", "digest", "instances", "drift")} == {
        "service": "math",
        "documentation": "Arithmetic for the shop floor.",
        "digest": math.digest.hex(),
        "instances": [readable(math.id)],
        "drift": [],
    }
    (multiply,) = told["methods"]
    assert multiply["signature"] == "multiply(x: int, y: int = 1) -> int"
    assert multiply["parameters"][1] == {
        "name": "y",
        "kind": "either",
        "type": "int",
        "required": False,
        "default": 1,
    }


@pytest_twisted.ensureDeferred
async def test_csv_and_jsonl_have_a_row_for_each_method(verb: Command, hub: Place) -> None:
    rows = list(csv.DictReader(io.StringIO((await verb("describe", "math", "-o", "csv")).out, newline="")))
    lines = [json.loads(line) for line in (await verb("describe", "math", "-o", "jsonl")).lines]

    assert [row["method"] for row in rows] == ["divide", "echo", "multiply", "refuse"]
    assert rows[0]["documentation"] == "Return the quotient.\n\nThere is none if y is 0."
    assert [line["signature"] for line in lines] == [row["signature"] for row in rows]


@pytest_twisted.ensureDeferred
async def test_where_instances_differ_each_kind_is_shown(verb: Command, hub: Place, other: Exchange) -> None:
    changed = Math()
    changed.export(len, "size")
    other.add(changed)
    await hub.shows("math", 2)
    mine = readable(other.id_of(changed))

    text = await verb("describe", "math")
    told = json.loads((await verb("describe", "math", "-j")).out)
    one = await verb("describe", "math", "--instance", mine)

    assert text.lines.count("drift: 1 instance of 2 offer this:") == 2
    assert len(told["drift"]) == 1
    instances = {readable(each.id) for each in hub.hub.instances("math")}
    assert {*told["instances"], *told["drift"][0]["instances"]} == instances
    assert "size(" in one.out
    assert "drift" not in one.out


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["dusk"], 3, "no service named 'dusk' is known at hub rome ("),
        (["dusk.today"], 3, "no service named 'dusk.today' or 'dusk' is known at hub rome ("),
        (["math.divine"], 3, "service 'math' has no method 'divine'; it has divide, echo, multiply, refuse"),
        (["math", "--instance", "zzz"], 3, "service 'math' has no instance 'zzz'; its instances are "),
        ([], 2, "the following arguments are required: SERVICE[.METHOD]"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_is_not_there_is_told_with_what_is(
    verb: Command, hub: Place, words: list[str], status: int, told: str
) -> None:
    ended = await verb("describe", *words)

    assert (ended.status, ended.out) == (status, "")
    assert told in ended.err


class Liar(Service):
    """Says more of itself than it should."""

    name = "liar"

    @method
    def count(self) -> int:
        """Return how many there are."""
        return 0

    def _describe(self) -> tuple[dict[str, Any], bytes]:
        plain, digest = super()._describe()
        (count,) = plain["methods"]
        return {**plain, "methods": [{**count, "returns": "int\nservice bank  (h7Qkz2aV.1)\u202e"}]}, digest


@pytest_twisted.ensureDeferred
async def test_no_type_begins_a_line_of_its_own_or_turns_one(verb: Command, hub: Place, other: Exchange) -> None:
    other.add(Liar())
    await hub.shows("liar", 1)

    ended = await verb("describe", "liar.count")

    assert ended.lines[3:5] == [
        "  count() -> int\\nservice bank  (h7Qkz2aV.1)\\u202e",
        "      Return how many there are.",
    ]
