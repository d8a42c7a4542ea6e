"""The errors and their numbers, from the classes themselves; and what the command ends with."""

from __future__ import annotations

from inspect import getdoc

from exchange import errors as home
from exchange.app.cli.status import Status
from exchange.errors import CALL_ERRORS, CallError, ExchangeError
from from_code.tables import code, prose, table

DELIVERED = "Delivered: "
NO_CALLS = (home.ProtocolError, home.LinkRefused, home.ConfigurationError)


def errors(_: str) -> str:
    """Return a table of the errors of calls, and one of the others."""
    calls = [
        (code(name), ", ".join(map(str, numbers_of(kind))), code(parent_of(kind)), *said_of(kind))
        for name, kind in CALL_ERRORS.items()
    ]
    others = [(code(kind.__name__), code(parent_of(kind)), prose(getdoc(kind) or "")) for kind in NO_CALLS]
    return "\n\n".join(
        (
            "## Of calls",
            table(("error", "number", "is a", "when", "`delivered`"), calls),
            "## Others",
            table(("error", "is a", "when"), others),
        )
    )


def numbers_of(kind: type[CallError]) -> list[int]:
    """Return the numbers by which an error is known: its usual one first, and those that it names."""
    named = [value for name, value in vars(kind).items() if name.startswith("CANNOT_")]
    return sorted({kind.usual_number, *named}, key=lambda number: (number != kind.usual_number, number))


def parent_of(kind: type[ExchangeError]) -> str:
    """Return the name of the class that an error is one of."""
    return kind.__bases__[0].__name__


def said_of(kind: type[CallError]) -> tuple[str, str]:
    """Return when an error comes, and what is known of delivery then; each a sentence of its docstring."""
    text, _, delivered = (getdoc(kind) or "").partition(DELIVERED)
    return prose(text.partition("\n\n")[0]), prose(delivered.partition("\n\n")[0])


def exits(_: str) -> str:
    """Return a table of the exit statuses of ``exchange``."""
    rows = [(str(int(status)), status.name.lower().replace("_", " ")) for status in Status]
    return table(("status", "which says"), rows)
