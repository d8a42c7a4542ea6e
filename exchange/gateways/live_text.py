"""Server-sent events as text: what a browser's EventSource reads, see the HTML standard, "Server-sent events".

Our words for them are entries: an entry is a report, or something that is told beside the
reports. Neither a name nor data may hold the end of a line; JSON and subjects never do.
"""

from __future__ import annotations

from typing import Any

from exchange import Report
from exchange.gateways.inexpressible import Inexpressible
from exchange.gateways.jsonrpc_writer import plain, write_json

KIND = b"text/event-stream"
SIGN_OF_LIFE = b":\n\n"
"""A comment: it means nothing, and shows that the connection stands."""

GAP, GONE, BACK, INEXPRESSIBLE = "gap", "gone", "back", "inexpressible"
"""What is told beside the reports: some were missed; no publisher is left; there is one again; JSON lacks words."""


def written(data: str, name: str = "") -> str:
    """Return an entry, but for its id; without a name a browser calls it ``message``."""
    return f"event: {name}\ndata: {data}\n\n" if name else f"data: {data}\n\n"


def told(name: str, **facts: Any) -> str:
    """Return an entry that is told beside the reports."""
    return written(write_json(facts), name)


def with_id(known_by: str, entry: str) -> str:
    """Return an entry with its id, by which a browser says what it has seen when it comes back."""
    return f"id: {known_by}\n{entry}"


def retry_after(seconds: float) -> bytes:
    """Return what a browser is told of when to come back after it has lost the connection."""
    return b"retry: %d\n\n" % round(seconds * 1000)


class Wording:
    """Writes reports, each once for all who hear it.

    Whoever hears it is given the same report, one after another; so one is remembered.
    """

    def __init__(self) -> None:
        self._last: tuple[Any, Report, bool] | None = None
        self._text = ""

    def of(self, content: Any, report: Report, is_whole: bool) -> str:
        """Return the entry of a report.

        Args:
            is_whole: Whether it is to tell all of the report, subject included, in place of the content alone.
        """
        last = self._last
        if last is None or last[0] is not content or last[1] is not report or last[2] is not is_whole:
            self._last, self._text = (content, report, is_whole), _of_report(content, report, is_whole)
        return self._text


def _of_report(content: Any, report: Report, is_whole: bool) -> str:
    try:
        data = plain(content)
    except Inexpressible as error:
        return told(INEXPRESSIBLE, subject=report.subject, why=f"content{error.path}: {error}")
    if not is_whole:
        return written(write_json(data), report.subject)
    facts = {
        "subject": report.subject,
        "content": data,
        "posted": report.posted,
        "number": report.number,
        "retained": report.retained,
        "remaining": report.remaining,
    }
    return written(write_json(facts))
