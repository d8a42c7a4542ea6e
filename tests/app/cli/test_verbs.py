"""The table of verbs."""

from __future__ import annotations

import argparse
from importlib import import_module

import pytest

from exchange.app.cli.verbs import FAMILIES, HIDDEN, VERBS, shown_in


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_a_module_that_runs_it_and_tells_its_options(name: str) -> None:
    module = import_module(f"exchange.app.cli.{VERBS[name].module}")

    assert callable(module.run)
    if VERBS[name].family != HIDDEN:
        assert isinstance(module.parser(), argparse.ArgumentParser)
        assert module.parser().prog == f"exchange {name}"


def test_every_verb_that_is_not_hidden_stands_in_one_family_with_a_sentence() -> None:
    shown = [verb for family in FAMILIES for verb in shown_in(family)]

    assert sorted(verb.name for verb in shown) == sorted(name for name, verb in VERBS.items() if verb.family)
    assert [verb.name for verb in shown if not verb.line.endswith(".")] == []
