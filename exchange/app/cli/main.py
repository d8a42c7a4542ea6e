"""The `exchange` command: finds the verb, and ends with a status that scripts can tell apart.

Twisted is imported by a verb only when it starts to work, since that takes ten
times as long as all else that happens here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version

from exchange.app.cli import call, cert, explain, password, policy
from exchange.app.cli.status import Status

ABOUT = """\
verbs:
  call      Call a method of a service and print its result.
  cert      Make a private authority, and certificates for hubs and peers.
  explain   Tell what lets something through, or stops it.
  password  Make the line of a password file for somebody.
  policy    Check the rules of a configuration file.

Every verb has help of its own: exchange call --help
Hubs, services and gateways are started by twistd: twistd --help
"""

VERBS: dict[str, Callable[[Sequence[str]], Status]] = {
    "call": call.run,
    "cert": cert.run,
    "explain": explain.run,
    "password": password.run,
    "policy": policy.run,
}


def main(words: Sequence[str] | None = None) -> int:
    """Do what ``words``, by default those of the command line, ask for; return the exit status."""
    given = sys.argv[1:] if words is None else list(words)
    if not given or given[0] not in VERBS:
        parser = _parser()
        parser.parse_args(given)
        parser.error("the verb comes first; see exchange --help")
    return VERBS[given[0]](given[1:])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="exchange",
        usage="exchange [-h] [--version] VERB ...",
        description="Talk to the services of a message exchange.",
        epilog=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"exchange {version('exchange')}")
    parser.add_argument("verb", metavar="VERB", choices=sorted(VERBS), help=argparse.SUPPRESS)
    return parser
