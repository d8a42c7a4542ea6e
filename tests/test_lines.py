"""A file of lines that say who may call: read at the start, and again when it has changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from twisted.internet.task import Clock

from exchange import ConfigurationError
from exchange.lines import LOOK, LineFile, Unusable
from tests.logbook import Logbook


def entry_of(line: str) -> tuple[bytes, str]:
    name, found, rest = line.partition("=")
    if not found:
        raise Unusable("expected name=value")
    return name.encode(), rest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "lines"
    path.write_text("# of this site\n\nann=1\r\n  # and\nbob=2\n")
    return path


def test_each_line_means_something_but_empty_ones_and_comments(path: Path, clock: Clock) -> None:
    assert LineFile(path, entry_of, clock.seconds).entries == {b"ann": "1", b"bob": "2"}


def test_a_mark_of_the_order_of_bytes_is_no_part_of_the_first_line(path: Path, clock: Clock) -> None:
    path.write_bytes(b"\xef\xbb\xbfann=1")

    assert LineFile(path, entry_of, clock.seconds).entries == {b"ann": "1"}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"ann=1\n\nbob\n", "line 3: expected name=value"),
        (b"ann=1\nb\xff=2\n", "line 2: it is not text in UTF-8"),
        (b"ann=1\n#\nann=2\n", "line 3: line 1 says who this is already"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_at_the_start(path: Path, clock: Clock, content: bytes, text: str) -> None:
    path.write_bytes(content)

    with pytest.raises(ConfigurationError) as raised:
        LineFile(path, entry_of, clock.seconds)
    assert str(raised.value) == f"{path}: {text}"


@pytest.mark.parametrize("name", ["nowhere", "folder", "pipe"])
def test_what_cannot_be_read_is_told_at_the_start(tmp_path: Path, clock: Clock, name: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(ConfigurationError, match=f"{name}: cannot be read: (No such file|it is no file)"):
        LineFile(tmp_path / name, entry_of, clock.seconds)


def test_a_file_that_has_changed_is_read_again_at_most_once_a_second(path: Path, clock: Clock) -> None:
    file = LineFile(path, entry_of, clock.seconds)
    path.write_text("eve=3\n")

    assert not file.has_changed()
    clock.advance(LOOK)
    assert file.has_changed()
    assert file.entries == {b"eve": "3"}
    clock.advance(LOOK)
    assert not file.has_changed()


def test_a_file_put_in_place_of_the_other_has_changed_too(path: Path, clock: Clock, tmp_path: Path) -> None:
    file = LineFile(path, entry_of, clock.seconds)
    other = tmp_path / "other"
    other.write_text(path.read_text().replace("2", "3"))
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)
    clock.advance(LOOK)

    assert file.has_changed()
    assert file.entries[b"bob"] == "3"


def test_a_line_that_became_wrong_is_logged_and_the_others_count(path: Path, clock: Clock, logbook: Logbook) -> None:
    file = LineFile(path, entry_of, clock.seconds)
    path.write_text("secret\nbob=2\n")
    clock.advance(LOOK)

    assert file.has_changed()

    assert file.entries == {b"bob": "2"}
    (line,) = logbook.lines("line 1")
    assert "expected name=value; nobody is let in by this line" in line
    assert "secret" not in line


def test_while_the_file_is_away_it_lets_nobody_in_and_that_is_said_once(
    path: Path, clock: Clock, logbook: Logbook
) -> None:
    file = LineFile(path, entry_of, clock.seconds)
    path.rename(path.with_suffix(".away"))

    changes = []
    for _ in range(3):
        clock.advance(LOOK)
        changes.append(file.has_changed())
    assert changes == [True, False, False]
    assert file.entries == {}
    assert len(logbook.lines("nobody is let in by it until it can")) == 1

    path.with_suffix(".away").rename(path)
    clock.advance(LOOK)
    assert file.has_changed()
    assert set(file.entries) == {b"ann", b"bob"}


@pytest.mark.parametrize(("mode", "is_open"), [(0o600, False), (0o640, False), (0o644, True)])
def test_a_file_that_all_may_read_is_known_as_such(path: Path, clock: Clock, mode: int, is_open: bool) -> None:
    path.chmod(mode)

    assert LineFile(path, entry_of, clock.seconds).is_open_to_all == is_open
