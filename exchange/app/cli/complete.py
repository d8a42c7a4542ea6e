"""The hidden verb ``_complete``, which the scripts of `exchange.app.cli.completion` run at each TAB.

It prints a candidate on each line, with what it is for behind a tabulator. It never
complains: whoever presses TAB reads no errors.
"""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Iterable, Sequence

from exchange.app.cli.columns import harmless
from exchange.app.cli.completing import Candidate, candidates
from exchange.app.cli.contexts import Contexts, contexts_file
from exchange.app.cli.status import Status
from exchange.errors import ExchangeError

UNSAFE = frozenset(" \t'\"\\`$;&|<>(){}[]!*?#~^")
"""What shells take for more than a part of a word: bash puts names on the line as they are, and they come from afar."""


def run(words: Sequence[str]) -> Status:
    """Print what may stand behind words, or at the end of a line; nothing if that cannot be known.

    Args:
        words: ``words``, those behind ``exchange``, and how the next begins; or ``line`` and the line.
    """
    given = words_of(words[-1]) if words[:1] == ["line"] else words[1:]
    *before, begun = given or [""]
    for word, about in candidates(before, begun, names):
        if word.isprintable() and UNSAFE.isdisjoint(word):
            print(f"{word}\t{harmless(about)}")
    return Status.FINE


def words_of(line: str) -> list[str]:
    """Return the words of a command line behind the name of the command; the last is one that is begun."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:  # a quotation that is still open
        words.append("")
    if not line or line[-1].isspace():
        words.append("")
    return words[1:] or [""]


def names(kind: str, begun: str, words: Sequence[str]) -> Iterable[Candidate]:
    """Return the names of a kind, from the file of contexts or the hub."""
    try:
        if kind == "contexts":
            return [Candidate(name) for name in Contexts(contexts_file(os.environ)).named]
        from exchange.app.cli.names import names_at_hub

        return names_at_hub(kind, begun, words, _link_options(words))
    except (ExchangeError, SystemExit):
        return []


def _link_options(words: Sequence[str]) -> argparse.Namespace:
    """Return what the words say of the hub, whatever else they say."""
    from exchange.app.cli.linking import add_link_options

    quiet = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    add_link_options(quiet)
    try:
        return quiet.parse_known_args(list(words))[0]
    except argparse.ArgumentError:
        return quiet.parse_args([])
