"""``exchange shell``: an interactive Python that is connected, and knows ``await``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_timeout, parser_of, seconds

EXAMPLES = """\
There is exchange, as of the programs in the documents; call("math.multiply", 6, 7); and
services, by whose attributes services are called: services.math.multiply(6, 7). What an
expression gives is awaited, and shown. Ctrl-C breaks off what runs, Ctrl-D ends the shell,
Tab completes names of services and methods.

Without a terminal all of standard input is one program; so is each -c.

examples:
  exchange shell
  exchange shell -c 'await call("math.multiply", 6, 7)'
  echo 'print(list(services))' | exchange shell

exit status: of a program, 1 if it raised, or that of the call that failed (see exchange call).
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the verb."""
    made = parser_of("shell", "Talk to services in Python, with await.", EXAMPLES)
    made.add_argument(
        "-c", "--code", metavar="CODE", action="append", help="run this in place of what is typed; may be given again"
    )
    made.add_argument("--wait", metavar="SECONDS", type=seconds, default=0.0, help="how long to wait for a hub (0)")
    add_timeout(made, what="a call may take")
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> int:
    """Run a shell as ``words`` say, and return the exit status."""
    options = parser().parse_args(list(words))
    from exchange.app.cli.shelling import run_shell

    return run_shell(options)
