"""The limits of links, from `exchange.Limits` and from those of the wire that cannot be changed."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from inspect import getdoc, getsource
from itertools import pairwise

from exchange.wire import limits as home
from exchange.wire.limits import Limits
from from_code.tables import code, prose, table


def limits(_: str) -> str:
    """Return a table of the limits that can be set, and one of those that are fixed."""
    said = dict(re.findall(r"^    (\w+): (.*)$", getdoc(Limits) or "", re.MULTILINE))
    settable = [
        (
            code(each.name.replace("_", "-")),
            code(each.name),
            f"{each.default:g}" if isinstance(each.default, float) else str(each.default),
            prose(said[each.name]),
        )
        for each in fields(Limits)
    ]
    return "\n\n".join(
        (
            table(("key", "field of `Limits`", "usual", "what it is"), settable),
            "Those that are part of the wire:",
            table(("name", "value", "what it is"), fixed()),
        )
    )


def fixed() -> list[tuple[str, str, str]]:
    """Return the constants that have a text below them in the module of limits."""
    rows = []
    body = ast.parse(getsource(home)).body
    for statement, after in pairwise(body):
        if isinstance(statement, ast.Assign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            (target,) = statement.targets
            assert isinstance(target, ast.Name)
            rows.append((code(target.id), str(getattr(home, target.id)), prose(str(after.value.value))))
    return rows
