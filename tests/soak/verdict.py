"""The verdict of the soak: what the notes of all processes say of the calls that were made."""

from __future__ import annotations

from collections import Counter
from pathlib import Path


class Calls:
    """What callers and callees have noted.

    Attributes:
        ends: How many calls ended in which way.
        wrong: What must not be, in words.
    """

    def __init__(self, folder: Path, ended_early: set[int]) -> None:
        self.ends: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.begun = self.cut_off = 0
        self._ran = Counter(token for book in folder.glob("*.ran") for token in book.read_text().split())
        for token, times in self._ran.items():
            if times > 1:
                self.wrong.append(f"call {token} ran {times} times")
        for book in folder.glob("*.calls"):
            self._read(book, int(book.stem) in ended_early)

    def _read(self, book: Path, was_ended: bool) -> None:
        begun: set[str] = set()
        for line in book.read_text().splitlines():
            token, _, end = line.partition(" ")
            if end == "begins":
                begun.add(token)
                self.begun += 1
            elif token in begun:
                begun.remove(token)
                self._note(token, end)
            elif end:  # else its caller was killed while it wrote
                self.wrong.append(f"call {token} ended twice")
        self.cut_off += len(begun) if was_ended else 0
        if begun and not was_ended:
            self.wrong.append(f"{len(begun)} calls of {book.stem} never ended, such as {min(begun)}")

    def _note(self, token: str, end: str) -> None:
        self.ends[end] += 1
        ran = self._ran[token]
        if end == "done True" and ran != 1:
            self.wrong.append(f"call {token} was answered, and ran {ran} times")
        if end.endswith("False") and ran:
            self.wrong.append(f"call {token} ended as {end}, and ran")
