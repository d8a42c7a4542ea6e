"""``exchange serve``: run services in the foreground, each named by its class."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import parser_of, seconds
from exchange.app.cli.status import Status

EXAMPLES = """\
examples:
  exchange serve arithmetic:Math
  exchange serve arithmetic:Math plant.store:Store --hub hosta:11111
  exchange serve arithmetic:Math --name math-2

Modules are looked for in the folder that this is started in, too. Hubs are dialled again
and again until one answers, and again when it is lost. Ctrl-C ends it: calls that run are
told to stop. To run services for good there is twistd exchange-services.
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = parser_of("serve", "Run services in the foreground, each named by its class.", EXAMPLES)
    made.add_argument("classes", metavar="MODULE:CLASS", nargs="+", help="such as arithmetic:Math")
    made.add_argument("--name", metavar="NAME", help="what the service is called, if there is one; its class says it")
    made.add_argument("--for", metavar="SECONDS", dest="seconds", type=seconds, help="how long to run (until Ctrl-C)")
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> Status:
    """Serve until it is enough, and return the exit status."""
    made = parser()
    options = made.parse_args(list(words))
    if options.name is not None and len(options.classes) > 1:
        made.error("--name is for one service")
    from exchange.app.cli.serving import serve

    return serve(options)
