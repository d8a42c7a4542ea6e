"""What fuzzing has found, and what leads it on, keeps to its contract: each file of the corpus is an input."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS, bounded

CORPUS = Path(__file__).parent / "fuzz" / "corpus"
INPUTS = sorted(path for path in CORPUS.glob("*/*"))


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_an_input_of_the_corpus_breaks_nothing(path: Path) -> None:
    bounded(TARGETS[path.parent.name].load())(path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_takes_nothing_at_all_and_has_a_corpus(name: str) -> None:
    TARGETS[name].load()(b"")

    assert any(path.parent.name == name for path in INPUTS)
