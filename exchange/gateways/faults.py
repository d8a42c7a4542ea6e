"""Errors to faults: what a program that speaks XML-RPC is told of a call that failed.

The code of a fault is the number of the error. Its text is the origin, two hyphens
and the description; then, after an empty line, the details. What is empty is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from xmlrpc.client import Fault

from exchange.errors import CallError

Faults = Callable[[CallError], Fault]
"""How errors become faults; a gateway may be given another way than `fault_of`."""


def fault_of(error: CallError) -> Fault:
    """Return the fault that stands for ``error``; failures of `exchange` itself have no origin."""
    return Fault(error.number, fault_text(error.origin, str(error), error.details))


def fault_text(origin: str, description: str, details: str) -> str:
    """Return the text of a fault, in the form that programs of netsvc take apart again."""
    headline = " -- ".join(part for part in (origin, description) if part)
    return "\n\n".join(part for part in (headline, details) if part)
