"""The frozen speaker of version 1: it is what it was, has nothing of ours, and reads what the specification shows."""

from __future__ import annotations

import ast
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.versions.wire_1 import FIELDS, Fault, pack, unpack

FROZEN = Path(__file__).with_name("wire_1.py")
DIGEST = "ec3fe9a06d137e4678398e43117fe165d87361656695bd06558da389bbd7e8ea"
EXAMPLES = json.loads((Path(__file__).parents[2] / "docs" / "specification" / "examples.json").read_text())
FRAMES: list[dict[str, Any]] = EXAMPLES["frames"]


def test_it_is_never_changed() -> None:
    """What it says is in the field. A mistake in it is mended in the specification, or lived with."""
    assert sha256(FROZEN.read_bytes()).hexdigest() == DIGEST


def test_it_uses_nothing_of_ours() -> None:
    tree = list(ast.walk(ast.parse(FROZEN.read_text())))
    names = {alias.name for each in tree if isinstance(each, ast.Import) for alias in each.names}
    names |= {each.module or "" for each in tree if isinstance(each, ast.ImportFrom)}
    assert "msgpack" in names
    assert not [name for name in names if name.startswith(("exchange", "tests", "twisted"))]


@pytest.mark.parametrize("frame", FRAMES, ids=[f"{each['kind']}: {each['about']}" for each in FRAMES])
def test_it_reads_what_the_specification_shows(frame: dict[str, Any]) -> None:
    kind, thing, fields, body = unpack(bytes.fromhex(frame["hex"]))
    assert thing.hex() == frame.get("id", "")
    assert len(fields) == len(FIELDS[kind])
    assert body.hex() == frame.get("body", "")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (pack(48, bytes(20), ["news"]), "kind 48"),
        (pack(8, b"", [1], b"body"), "a body where version 1 has none"),
        (pack(8, b"", [-1]), "field 0 is -1"),
        (pack(17, bytes(20)), "field 0 is not there"),
        (pack(17, bytes(4)), "no id"),
    ],
)
def test_what_version_1_does_not_have_is_a_fault(raw: bytes, text: str) -> None:
    with pytest.raises(Fault, match=text):
        unpack(raw)
