"""Lines of a file of secrets, added and replaced."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from exchange.app.secret_lines import put_line
from exchange.errors import ConfigurationError


def test_the_first_line_makes_the_file_for_our_eyes_only(tmp_path: Path) -> None:
    file = tmp_path / "passwords"

    assert put_line(file, "ann:1") is False

    assert file.read_text() == "ann:1\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["passwords"]


def test_a_line_is_replaced_where_it_stands_and_others_and_comments_stay(tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    file.write_text("# ann: is the boss\n\nbob:1\n ann :2\ncarl:3\nann:4")
    file.chmod(0o644)

    assert put_line(file, "ann:5") is True
    assert put_line(file, "dora:6") is False

    assert file.read_text() == "# ann: is the boss\n\nbob:1\nann:5\ncarl:3\ndora:6\n"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_last_line_without_an_end_gets_one(tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("bob:1")

    put_line(tmp_path / "passwords", "ann:5")

    assert (tmp_path / "passwords").read_text() == "bob:1\nann:5\n"


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "passwords")

    put_line(tmp_path / "link", "ann:1")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "passwords").read_text() == "ann:1\n"


def test_what_cannot_be_written_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for file, reason in ((tmp_path / "none" / "passwords", "No such file"), (tmp_path / "folder", "Is a directory")):
        with pytest.raises(ConfigurationError, match=f"^{file}: cannot be written: {reason}"):
            put_line(file, "ann:1")
    assert os.listdir(tmp_path) == ["folder"]


def test_a_file_that_cannot_take_the_place_of_the_old_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: str, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(ConfigurationError, match="Operation not permitted"):
        put_line(tmp_path / "passwords", "ann:1")
    assert os.listdir(tmp_path) == []
