"""Protocol stories as text: the files beside this one say what passes over the links, and must be right.

`pytest --rewrite-transcripts` writes them anew; the difference is reviewed like code.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.logbook import Logbook
from tests.transcripts.story import Story, told

TRANSCRIPTS = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_what_passes_over_the_links_is_what_the_transcript_says(
    path: Path, request: pytest.FixtureRequest, logbook: Logbook
) -> None:
    written = path.read_text()
    happened = told(written)
    if request.config.getoption("--rewrite-transcripts"):
        path.write_text(happened)
    else:
        assert happened == written


def test_there_is_a_transcript_of_each_path() -> None:
    names = {path.stem for path in TRANSCRIPTS}
    assert {"greeting", "call", "failure", "cancel", "lost-callee", "reconnection", "watch"} <= names
    assert {"mesh", "duplicate-join"} <= names
    assert {"reports", "late-subscriber", "resubscription", "suspicion", "bridge"} <= names
    assert {"leaving", "failover"} <= names


def test_a_command_that_is_not_known_is_an_error() -> None:
    with pytest.raises(AssertionError, match="no command is like 'p1 sings'"):
        Story().run("hub A; p1 sings")


def test_a_transcript_that_is_wrong_is_noticed() -> None:
    right = told("hub A; peer p1 at A\n----")
    assert "p1 > A   HELLO" in right
    assert told(right.replace("HELLO", "HALLO")) == right


def test_remarks_stay_as_they_are() -> None:
    assert told("A remark,\nof two lines.\n\nhub A\n----\n") == "A remark,\nof two lines.\n\nhub A\n----\n"
