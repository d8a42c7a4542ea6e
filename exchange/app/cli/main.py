"""The `exchange` command: finds the verb, and ends with a status that scripts can tell apart.

Nothing is imported for what is not asked for: Twisted by a verb only when it starts to
work, and not even argparse for the list of verbs, which so is there at once.
"""

from __future__ import annotations

import sys
from importlib import import_module

from exchange.app.cli.verbs import FAMILIES, VERBS, Verb, shown_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE = "usage: exchange [-h] [--version] VERB ..."

FINE, WRONG_USE, INTERRUPTED = 0, 2, 130

ELSEWHERE = {
    "list": "services",
    "ls": "services",
    "monitor": "top",
    "pub": "publish",
    "request": "call",
    "start": "serve",
    "status": "hubs",
    "sub": "watch reports",
    "subscribe": "watch reports",
}
"""What people type who come from systems where it is called so."""


def main(words: Sequence[str] | None = None) -> int:
    """Do what ``words``, by default those of the command line, ask for; return the exit status."""
    given = sys.argv[1:] if words is None else list(words)
    first = given[0] if given else ""
    if first == "help":
        given = [*given[1:], "--help"]
        first = given[0]
    if first in VERBS:
        return _run(VERBS[first], given[1:])
    if first in ("-h", "--help"):
        return _print(help_text())
    if first == "--version":
        from importlib.metadata import version

        return _print(f"exchange {version('exchange')}")
    return _refuse(first)


def help_text() -> str:
    """Return what ``exchange --help`` says."""
    parts = [USAGE, "Talk to the services of a message exchange, and look after its hubs."]
    width = max(map(len, VERBS))
    for family in FAMILIES:
        lines = [f"  {verb.name:{width}}  {verb.line}" for verb in shown_in(family)]
        if lines:
            parts.append("\n".join([f"{family}:", *lines]))
    parts.append(
        "examples:\n"
        "  exchange call math.multiply 6 7\n"
        "  exchange services\n"
        "  exchange help call\n"
        "  exchange call --help"
    )
    parts.append(
        "Every verb has help with examples of its own. Hubs, services and gateways are started\n"
        "by twistd: twistd --help"
    )
    return "\n\n".join(parts)


def _run(verb: Verb, words: list[str]) -> int:
    try:
        try:
            return int(import_module(f"exchange.app.cli.{verb.module}").run(words))
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _write_nowhere()
        return FINE


def _print(text: str) -> int:
    try:
        print(text, flush=True)
    except BrokenPipeError:
        _write_nowhere()
    return FINE


def _shown() -> list[str]:
    return [name for name, verb in VERBS.items() if verb.family]


def _refuse(word: str) -> int:
    if not word:
        told = "the verb is missing; see exchange --help"
    elif word.startswith("-"):
        told = f"the verb comes first, and '{word}' is none; see exchange --help"
    else:
        from difflib import get_close_matches

        close = [ELSEWHERE[word]] if word in ELSEWHERE else get_close_matches(word, _shown(), 1)
        told = f"there is no verb '{word}'; {f'did you mean {close[0]!r}?' if close else 'see exchange --help'}"
    print(f"{USAGE}\nexchange: error: {told}", file=sys.stderr)
    return WRONG_USE


def _write_nowhere() -> None:
    """Nobody reads what is printed any more: say nothing of it at the end of the program either."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
