"""The terms of a gateway: what may be said by keyword is what there is to be told."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from exchange import ConfigurationError
from exchange.gateways.terms import Settings, Terms


def test_every_setting_can_be_said_by_keyword_and_nothing_else() -> None:
    assert Terms.__optional_keys__ == {field.name for field in fields(Settings)}


def test_a_word_that_means_nothing_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="colour"):
        Settings(colour="red")  # type: ignore[call-arg]


@pytest.mark.parametrize("errors", ["redact", "", None, "FULL"])
def test_a_word_for_errors_that_means_nothing_never_means_all(errors: Any) -> None:
    with pytest.raises(ConfigurationError, match="errors must be one of redacted, full, not "):
        Settings(errors=errors)
