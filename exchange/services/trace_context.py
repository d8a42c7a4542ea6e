"""The trace to which a call belongs, as W3C Trace Context writes it: two texts in the context of a request.

They come from anybody. What is malformed is as if it were not there; what is long is not
passed on. Whoever does not trace at all passes them on all the same, from the call that a
method answers to those that it makes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

TRACEPARENT = "traceparent"
TRACESTATE = "tracestate"
"""Keys of the context in the body of a request, and names of headers of HTTP."""

LONGEST_PARENT = 255
LONGEST_STATE = 512
"""In characters; what is longer is ignored."""

MOST_MEMBERS = 32
"""Of a state."""

_PARENT = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2})(-[!-~]*)?")
_REST = r"[a-z0-9_*/-]"
_KEY = rf"[a-z]{_REST}{{0,255}}|[a-z0-9]{_REST}{{0,240}}@[a-z]{_REST}{{0,13}}"
_MEMBER = re.compile(rf"({_KEY})=[ -+\--<>-~]{{0,255}}[!-+\--<>-~]")


def parent_of(given: object) -> str | None:
    """Return the ``traceparent`` that somebody gave, as version 00 writes it; ``None`` if it is none."""
    if type(given) is not str or len(given) > LONGEST_PARENT:
        return None
    found = _PARENT.fullmatch(given)
    if found is None or (found[1] == "00" and found[3]):
        return None
    return f"00-{found[2]}"  # what later versions have besides is not for us to pass on


def state_of(given: object) -> str | None:
    """Return the ``tracestate`` that somebody gave; ``None`` if it is empty, too long or no such text.

    It is looked at as strictly as OpenTelemetry does, which logs what it refuses: nobody who
    calls may have a log written.
    """
    if type(given) is not str or len(given) > LONGEST_STATE:
        return None
    members = [member for member in (each.strip(" \t") for each in given.split(",")) if member]
    found = [_MEMBER.fullmatch(member) for member in members]
    keys = {each[1] for each in found if each}
    return given if 0 < len(keys) == len(members) <= MOST_MEMBERS else None


def trace_in(context: Mapping[str, Any]) -> dict[str, str]:
    """Return what of a context says to which trace a call belongs; it is empty if nothing does."""
    parent = parent_of(context.get(TRACEPARENT))
    if parent is None:
        return {}
    state = state_of(context.get(TRACESTATE))
    return {TRACEPARENT: parent} if state is None else {TRACEPARENT: parent, TRACESTATE: state}
