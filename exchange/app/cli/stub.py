"""``exchange stub``: a typed stub of a service, for editors and type checkers."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_timeout, parser_of, seconds
from exchange.app.cli.status import Status

if TYPE_CHECKING:
    from exchange.app.cli.working import Work

STYLES = ("deferred", "await", "blocking")

EXAMPLES = """\
The service is asked for its description. The stub has a class with its methods, typed and
documented, and a typed dict for each dataclass that they mention. The proxy is told to be one:

  math = cast("Math", exchange.service("math"))

examples:
  exchange stub math > math_stub.pyi
  exchange stub math --style await --class Arithmetic > arithmetic.pyi
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the verb."""
    made = parser_of("stub", "Print a typed stub of a service, made from its description.", EXAMPLES)
    made.add_argument("service", metavar="SERVICE", help="its name")
    made.add_argument(
        "-s",
        "--style",
        choices=STYLES,
        default="deferred",
        help="for proxies of exchange.Exchange, whose calls give Deferreds, of exchange.aio, whose calls are awaited, "
        "or of exchange.blocking, whose calls wait (deferred)",
    )
    made.add_argument("--class", dest="called", metavar="NAME", type=_name, help="of the class (as SERVICE)")
    made.add_argument("--wait", metavar="SECONDS", type=seconds, default=0.0, help="how long to wait for it (0)")
    add_timeout(made)
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> Status:
    """Print the stub that ``words`` ask for, and return the exit status."""
    options = parser().parse_args(list(words))
    from exchange.app.cli.working import do

    return do("stub", options, show)


async def show(work: Work) -> None:
    """Print the stub."""
    from exchange.app.cli.stub_text import StubText
    from exchange.services.description import description_from
    from exchange.services.service import DESCRIBE

    service = work.options.service
    answer = await work.exchange.call(service, DESCRIBE, timeout=work.patience, wait=work.wait)
    for line in StubText(description_from(answer), work.options.style, work.options.called or "").lines():
        work.output.say(line)


def _name(text: str) -> str:
    if not text.isidentifier():
        raise argparse.ArgumentTypeError(f"expected a name for a class, got {text!r}")
    return text
