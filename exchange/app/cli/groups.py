"""``exchange groups``: the service groups, and who is in them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exchange.app.cli.columns import Field
from exchange.app.cli.linking import add_link_options
from exchange.app.cli.parsing import add_output_options, add_timeout, parser_of
from exchange.app.cli.status import Status

if TYPE_CHECKING:
    from exchange.app.cli.working import Work

EXAMPLES = """\
examples:
  exchange groups
  exchange groups -o json
  exchange services --in web-services
"""

FIELDS = (Field("group"), Field("services"), Field("instances", is_number=True))


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = parser_of("groups", "Tell which service groups there are, and which services are in them.", EXAMPLES)
    add_timeout(made)
    add_output_options(made)
    add_link_options(made)
    return made


def run(words: Sequence[str]) -> Status:
    """Print the groups, and return the exit status."""
    options = parser().parse_args(list(words))
    from exchange.app.cli.working import do

    return do("groups", options, _groups)


async def _groups(work: Work) -> None:
    members: dict[str, list[str]] = {}
    for presence in await work.presences():
        for group in presence.groups:
            members.setdefault(group, []).append(presence.name)
    rows = [
        {"group": group, "services": sorted(set(names)), "instances": len(names)}
        for group, names in sorted(members.items())
    ]
    work.output.rows(FIELDS, rows, none="no service is in a group")
