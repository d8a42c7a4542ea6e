"""What these pages take from the code, whenever they are built.

A page has a line such as ``<!-- from the code: options -->``; in its place
comes what a module of this folder makes of the code, as Markdown. So it cannot be out
of date, and nothing of it is kept beside the code.

=============  =====================================================
`options`      the options of the commands of twistd
`verbs`        the verbs of the command ``exchange``, and their options
`keys`         the keys of a table of the configuration
`errors`       the errors, their numbers and their meanings
`exits`        what the command ``exchange`` ends with
`limits`       the limits of links
`metrics`      the measures of a hub and of its process
`names`        the public names, each with its text
`beside`       the names that are used from modules of their own
`unreleased`   the changes since the last release, by towncrier
=============  =====================================================

And the index of a folder has ``<rest>`` for the pages that it does not name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from from_code.errors import errors, exits
from from_code.keys import keys
from from_code.limits import limits
from from_code.metrics import metrics
from from_code.names import beside, names
from from_code.options import options
from from_code.unreleased import unreleased
from from_code.verbs import verbs

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PLACE = re.compile(r"^<!-- from the code: (?P<what>[a-z]+)(?: (?P<of>[^\n]*))? -->$", re.MULTILINE)

MAKERS: dict[str, Callable[[str], str]] = {
    "options": options,
    "verbs": verbs,
    "keys": keys,
    "errors": errors,
    "exits": exits,
    "limits": limits,
    "metrics": metrics,
    "names": names,
    "beside": beside,
    "unreleased": unreleased,
}


def filled(text: str) -> str:
    """Return the text of a page with what it takes from the code in its places.

    Raises:
        KeyError: There is no maker of that name, or nothing of that name to make it of.
    """
    return PLACE.sub(lambda place: MAKERS[place["what"]](place["of"] or ""), text)


def listed_rest(text: str, page: Path) -> str:
    """Return the index of a folder with those pages in it, at the line ``<rest>``, that no other line names."""
    named = set(re.findall(r"^([\w-]+)$", text, re.MULTILINE))
    left = sorted(each.stem for each in page.parent.glob("*.md") if each != page and each.stem not in named)
    return text.replace("<rest>", "\n".join(left))


def _fill(app: Sphinx, page: str, source: list[str]) -> None:
    source[0] = listed_rest(filled(source[0]), Path(app.srcdir, f"{page}.md"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Have Sphinx fill each page as it is read."""
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
