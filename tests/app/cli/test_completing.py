"""What may stand at a place of a command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

from exchange.app.cli.completing import Candidate, candidates
from exchange.app.cli.verbs import VERBS

Asked = list[tuple[str, str, list[str]]]


@pytest.fixture
def asked() -> Asked:
    """What names were asked for."""
    return []


def words_at(line: str, asked: Asked) -> list[str]:
    """Return what may stand at the end of a line; there are two names of each kind."""

    def names(kind: str, begun: str, words: Sequence[str]) -> Iterable[Candidate]:
        asked.append((kind, begun, list(words)))
        return [Candidate(f"{kind}-1"), Candidate(f"{kind}-2")]

    *before, begun = line.split(" ")
    return [each.word for each in candidates(before, begun, names)]


def test_the_verbs_come_first(asked: Asked) -> None:
    shown = [name for name, verb in VERBS.items() if verb.family]

    assert sorted(words_at("", asked)) == sorted([*shown, "help", "--help", "--version"])
    assert words_at("help ", asked) == shown
    assert words_at("ser", asked) == ["serve", "services"]
    assert words_at("--v", asked) == ["--version"]
    assert words_at("cull ", asked) == words_at("_complete ", asked) == words_at("help call ", asked) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("call --ti", ["--timing", "--timeout"]),
        ("call -", None),
        ("call -o ", ["text", "json", "jsonl", "csv"]),
        ("call --output js", ["json", "jsonl"]),
        ("call --output=js", ["--output=json", "--output=jsonl"]),
        ("call --bogus=js", []),
        ("call -t ", []),
        ("call -k ", []),
        ("watch ", ["services", "reports", "links"]),
        ("watch r", ["reports"]),
        ("watch links --int", ["--interval"]),
        ("context re", ["remove"]),
        ("completion ", ["bash", "fish", "zsh"]),
        ("explain su", ["subscribe"]),
        ("policy check ", []),
    ],
)
def test_options_and_what_they_take(line: str, words: list[str] | None, asked: Asked) -> None:
    found = words_at(line, asked)

    assert asked == []
    if words is None:
        assert {"--all", "--instance", "--hub", "--help"} <= set(found)
        assert all(word.startswith("--") or word == "-k" for word in found)
    else:
        assert found == words


@pytest.mark.parametrize(
    ("line", "kind", "begun"),
    [
        ("call me", "methods", "me"),
        ("call --all -t 5 --hub a:1 me", "methods", "me"),
        ("describe ", "methods", ""),
        ("call math.echo --instance in", "instances", "in"),
        ("services --in g", "groups", "g"),
        ("services --in=g", "groups", "g"),
        ("watch services s", "services", "s"),
        ("watch reports s", "services", "s"),
        ("reports s", "services", "s"),
        ("ping s", "services", "s"),
        ("call -C c", "contexts", "c"),
        ("context use c", "contexts", "c"),
        ("kick l", "links", "l"),
        ("drain h", "hubs", "h"),
    ],
)
def test_names_are_asked_for_where_the_help_calls_a_word_so(line: str, kind: str, begun: str, asked: Asked) -> None:
    found = words_at(line, asked)

    before = "--in=" if "=" in line else ""
    assert found == [f"{before}{kind}-1", f"{before}{kind}-2"]
    assert asked == [(kind, begun, line.split(" ")[:-1])]


@pytest.mark.parametrize("line", ["call math.echo ", "reports feed ", "ping math x"])
def test_where_anything_may_stand_nothing_is_proposed(line: str, asked: Asked) -> None:
    assert words_at(line, asked) == []
    assert asked == []
