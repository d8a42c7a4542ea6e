"""One target: ``python -m tests.fuzz.one TARGET ...``; what stands after it is for libFuzzer.

A file that libFuzzer left behind, named in its place, shows the finding again. Of several
folders that are named, new inputs come into the first: name another before the corpus.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import atheris

from tests.fuzz.targets import TARGETS, bounded

INSTRUMENTED = ["exchange", *(f"tests.fuzz.{name}" for name in ("bodies", "heads", "links", "site", "trust", "wire"))]


def main(name: str, *options: str) -> None:
    """Fuzz until the time is over, or something was found."""
    with atheris.instrument_imports(include=INSTRUMENTED):
        look = TARGETS[name].load()
    atheris.Setup([_program(name), *options], bounded(look))
    atheris.Fuzz()


def _program(name: str) -> str:
    """Return a program that is this target: to merge, libFuzzer starts itself again by what it takes for its name."""
    path = Path(sys.prefix) / f"fuzz-{name}"
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tests.fuzz.one {name} "$@"\n')
    path.chmod(0o700)
    return str(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
