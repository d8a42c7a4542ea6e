"""What keys mean is said of each of them."""

from __future__ import annotations

import msgspec
import pytest

from exchange.app.meanings import MEANINGS
from exchange.app.schema import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_has_a_meaning_and_there_are_no_others(kind: str) -> None:
    assert set(MEANINGS[kind]) == {field.encode_name for field in msgspec.structs.fields(KINDS[kind])}


@pytest.mark.parametrize("kind", KINDS)
def test_a_meaning_is_a_phrase_for_people(kind: str) -> None:
    for key, meaning in MEANINGS[kind].items():
        assert len(meaning) > 10, key
        assert not meaning.endswith("."), key
        assert "`" not in meaning, key
