"""The specification, its byte-exact examples and the code say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from exchange.errors import CALL_ERRORS, UnsuitableValue
from exchange.wire import dialogue
from exchange.wire.extensions import FROM_BYTES, FROM_PARTS, Code, register_type
from exchange.wire.failures import error_of, failure_of
from exchange.wire.frames import PREFIX_SIZE, Frame, body_of, encode
from exchange.wire.identities import identity_of, readable
from exchange.wire.layouts import LAYOUTS, Kind
from exchange.wire.limits import MIB
from exchange.wire.reader import FrameReader
from exchange.wire.values import decode_request, decode_value, encode_request, encode_value

SPECIFICATION = Path(__file__).parents[2] / "docs" / "specification"
TEXT = (SPECIFICATION / "wire.md").read_text("utf-8")
EXAMPLES: dict[str, list[Any]] = json.loads((SPECIFICATION / "examples.json").read_text("utf-8"))


class Point(NamedTuple):
    """The registered type of the examples."""

    x: int
    y: int


register_type(Point, "plant.Point", list, lambda parts: Point(*parts))


def examples(section: str, written: bool = False) -> pytest.MarkDecorator:
    """Mark a test to be run with each example of a section, or with those that a writer writes so."""
    found = [one for one in EXAMPLES[section] if not written or one.get("writer", True)]
    return pytest.mark.parametrize("example", found, ids=[name_of(one) for one in found])


def name_of(example: dict[str, Any]) -> str:
    return f"{example.get('kind', '')} {example.get('about', example.get('hex', ''))}".strip()


def plain(value: Any) -> Any:
    """Return the value that an example writes as JSON; arrays are lists."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    (tag, parts), *_ = value.items()
    return TAGS[tag](parts)


TAGS: dict[str, Callable[[Any], Any]] = {
    "bytes": bytes.fromhex,
    "map": lambda pairs: {plain(key): plain(item) for key, item in pairs},
    "float": float,
    "tuple": lambda items: tuple(map(plain, items)),
    "set": lambda items: set(map(plain, items)),
    "frozenset": lambda items: frozenset(map(plain, items)),
    "integer": int,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda parts: timedelta(*parts),
    "decimal": Decimal,
    "uuid": UUID,
    "complex": lambda parts: complex(*parts),
    "registered": lambda parts: Point(*parts[1]),
}


def fields(array: Any) -> tuple[Any, ...]:
    """Return the array of a header as the code has it: arrays are tuples."""
    return tuple(fields(item) if isinstance(item, list) else plain(item) for item in array)


def read(raw: bytes) -> Frame:
    reader = FrameReader(16 * MIB)
    frames = reader.feed(raw)
    assert reader.fault is None
    assert len(frames) == 1
    return frames[0]


def test_identities_are_as_the_examples_say() -> None:
    for example in EXAMPLES["identities"]:
        identity = identity_of(bytes.fromhex(example["secret"]))
        assert identity.hex() == example["identity"]
        assert readable(identity) == example["seen as"]


@examples("frames")
def test_the_bytes_of_an_example_mean_its_parts(example: dict[str, Any]) -> None:
    raw = bytes.fromhex(example["hex"])

    kind, thing, array, whole = read(raw)

    assert Kind(kind).name == example["kind"]
    assert thing.hex() == example.get("id", "")
    assert array == fields(example.get("means", example["array"]))
    assert body_of(whole).hex() == example.get("body", "")
    assert whole == raw


@examples("frames", written=True)
def test_the_parts_of_an_example_make_its_bytes(example: dict[str, Any]) -> None:
    thing, body = bytes.fromhex(example.get("id", "")), bytes.fromhex(example.get("body", ""))

    frame = encode(Kind[example["kind"]], thing, fields(example["array"]), body)

    assert frame[3].hex() == example["hex"]


@examples("values")
def test_the_bytes_of_an_example_mean_its_value(example: dict[str, Any]) -> None:
    value = decode_value(bytes.fromhex(example["hex"]), UnsuitableValue.CANNOT_DECODE_REPLY)

    expected = plain(example["value"])
    assert repr(value) == repr(expected)
    assert type(value) is type(expected)


@examples("values", written=True)
def test_the_value_of_an_example_makes_its_bytes(example: dict[str, Any]) -> None:
    body = encode_value(plain(example["value"]), UnsuitableValue.CANNOT_ENCODE_REPLY)

    assert body.hex() == example["hex"]


@examples("requests")
def test_the_body_of_a_request_is_as_the_example_says(example: dict[str, Any]) -> None:
    request = decode_request(bytes.fromhex(example["hex"]))

    args, kwargs = example["args"], example["kwargs"]
    assert request == (args, kwargs, example["context"])
    if example.get("writer", True):
        assert encode_request(args, kwargs).hex() == example["hex"]


@examples("failures")
def test_a_failure_is_as_the_example_says(example: dict[str, Any]) -> None:
    frame = read(bytes.fromhex(example["hex"]))

    error = error_of(frame)

    assert type(error).__name__ == example["name"]
    assert (error.number, error.delivered) == (example["number"], example["delivered"])
    assert (error.description, error.origin, error.details) == tuple(
        example[part] for part in ("description", "origin", "details")
    )
    if example.get("writer", True):
        assert failure_of(frame[1], error)[3].hex() == example["hex"]


@examples("refused frames")
def test_a_frame_that_breaks_a_rule_is_a_fault(example: dict[str, Any]) -> None:
    reader = FrameReader(16 * MIB)

    assert reader.feed(bytes.fromhex(example["hex"])) == []
    assert reader.fault is not None
    assert reader.fault.code == example["code"]


@examples("refused values")
def test_a_body_that_breaks_a_rule_is_refused(example: dict[str, Any]) -> None:
    with pytest.raises(UnsuitableValue) as caught:
        decode_value(bytes.fromhex(example["hex"]), UnsuitableValue.CANNOT_DECODE_REPLY)

    assert caught.value.number == UnsuitableValue.CANNOT_DECODE_REPLY
    assert caught.value.description.startswith("a body cannot be decoded: ")


@examples("refused requests")
def test_a_request_of_another_shape_is_refused(example: dict[str, Any]) -> None:
    with pytest.raises(UnsuitableValue) as caught:
        decode_request(bytes.fromhex(example["hex"]))

    assert caught.value.number == UnsuitableValue.CANNOT_DECODE_REQUEST


def kinds_with(wanted: Callable[[dict[str, Any]], bool]) -> set[str]:
    return {example["kind"] for example in EXAMPLES["frames"] if wanted(example)}


def test_every_kind_has_an_example_and_one_with_a_field_that_is_not_known() -> None:
    every = {kind.name for kind in Kind}
    known = {kind.name: len(layout.fields) for kind in Kind if (layout := LAYOUTS[kind])}

    assert kinds_with(lambda example: True) == every
    assert kinds_with(lambda example: len(example["array"]) > known[example["kind"]]) == every


def test_every_kind_with_fields_that_may_be_absent_has_an_example_without_them() -> None:
    optional = {kind.name: layout.required for kind in Kind if (layout := LAYOUTS[kind]) and layout.absent}

    assert optional
    assert kinds_with(lambda example: len(example["array"]) == optional.get(example["kind"], -1)) == set(optional)


def test_every_extension_has_an_example() -> None:
    abouts = [example["about"] for example in EXAMPLES["values"]]

    assert {code for code in Code if any(about.startswith(f"{code}: ") for about in abouts)} == set(Code)
    assert {*FROM_BYTES, *FROM_PARTS} == set(Code)


def rows() -> set[tuple[str, ...]]:
    """Return the rows of all tables in the document."""
    lines = re.findall(r"^\| (.*) \|$", TEXT, re.MULTILINE)
    return {tuple(cell.strip(" `") for cell in line.split(" | ")) for line in lines}


def test_the_document_has_a_section_for_every_kind_with_its_number_and_its_fields_in_order() -> None:
    for kind in Kind:
        layout = LAYOUTS[kind]
        assert layout is not None
        found = re.search(rf"^#### {kind.name} \({kind.value}\)\n(.*?)(?=^#)", TEXT, re.MULTILINE | re.DOTALL)
        assert found, f"no section for {kind.name}"
        told = re.findall(r"^\| (\d) \| (.+?) \|", found[1], re.MULTILINE)
        assert told == [(str(place), field.name) for place, field in enumerate(layout.fields)]
        assert ("id of" in found[1].split("\n\n")[0]) == layout.has_id


def test_the_document_has_every_extension_and_every_failure() -> None:
    cells = {row[:2] for row in rows()}

    for code in Code:
        assert (str(code.value), code.name.lower()) in cells
    for kind in CALL_ERRORS.values():
        assert any(row[0] == kind.__name__ and str(kind.usual_number) in row[1] for row in rows() if len(row) > 1)


def test_the_document_has_every_code_with_which_a_link_ends() -> None:
    package = Path(dialogue.__file__).parents[1]
    said = set()
    for layer in ("wire", "routing", "net", "services"):
        for path in (package / layer).glob("*.py"):
            source = path.read_text("utf-8")
            said.update(re.findall(r"""\b(?:say_)?bye\(\s*"([a-z-]+)\"""", source))
            said.update(re.findall(r"""LocalProtocolError\([^()]*(?:\([^()]*\)[^()]*)*, "([a-z-]+)"\)""", source))

    assert said >= {"version", "group", "yourself", "mechanism", "greeting", "too-large"}
    assert said - {row[0] for row in rows()} == set()


def test_a_frame_is_no_shorter_than_its_prefix() -> None:
    assert min(len(bytes.fromhex(example["hex"])) for example in EXAMPLES["frames"]) == PREFIX_SIZE
