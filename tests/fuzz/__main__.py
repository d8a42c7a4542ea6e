"""The fuzzing: ``python -m tests.fuzz`` tries inputs that nobody thought of, a minute for each target.

What is found is shown, and its input kept; the inputs that reached something new are
merged into the corpus with ``--keep``, as few and as small as will do.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
ROOT = Path(__file__).parents[2]
MEMORY = 1_024
"""Megabytes that one process may take."""

HANGS = 120
"""Seconds after which an input is taken never to end; what is merely slow is found by the target."""

_TRIED = re.compile(r"^#(\d+)\s+DONE\s+cov: (\d+) ft: (\d+) corp: (\d+)", re.MULTILINE)


class Outcome(NamedTuple):
    """What came of one target."""

    tried: str
    covered: str
    inputs: str
    found: str


def main() -> None:
    """Fuzz, print the table, and end with 1 if something was found."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)} (all)")
    parser.add_argument("--seconds", type=int, default=60, help="how long each is tried (60)")
    parser.add_argument("--keep", action="store_true", help="merge what reached something new into the corpus")
    parser.add_argument("--findings", type=Path, default=ROOT / ".venv" / "findings", help="where they are kept")
    options = parser.parse_args()
    options.findings.mkdir(parents=True, exist_ok=True)
    wrong = 0
    print(f"{'target':<15}{'inputs tried':>14}{'covered':>9}{'corpus':>8}  found")
    for name in options.targets or TARGETS:
        outcome = _fuzz(name, options.seconds, options.keep, options.findings)
        wrong += outcome.found != "nothing"
        print(f"{name:<15}{outcome.tried:>14}{outcome.covered:>9}{outcome.inputs:>8}  {outcome.found}", flush=True)
    raise SystemExit(bool(wrong))


def _fuzz(name: str, seconds: int, keep: bool, findings: Path) -> Outcome:
    known = CORPUS / name
    with tempfile.TemporaryDirectory() as scratch:
        options = [
            f"-max_total_time={seconds}",
            f"-max_len={TARGETS[name].largest}",
            f"-rss_limit_mb={MEMORY}",
            f"-timeout={HANGS}",
            f"-report_slow_units={HANGS}",
            f"-artifact_prefix={findings}/{name}-",
        ]
        done = _run(name, scratch, str(known), *options)
        if keep:
            _merge(name, scratch, known)
    if done.returncode:
        print(done.stdout[-4_000:], done.stderr[-1_000:], sep="\n", file=sys.stderr)  # what was raised is in the first
        return Outcome("-", "-", "-", f"see above, and {findings}/{name}-*")
    told = _TRIED.search(done.stderr)
    tried, covered, _, inputs = told.groups() if told else ("-",) * 4
    return Outcome(tried, covered, inputs, "nothing")


def _merge(name: str, new: str, known: Path) -> None:
    """Put the smallest inputs that reach all that is reached into the corpus, instead of what is there."""
    with tempfile.TemporaryDirectory() as merged:
        _run(name, "-merge=1", merged, str(known), new)
        if not any(Path(merged).iterdir()):
            raise RuntimeError(f"nothing came of merging the corpus of {name}; it is left as it is")
        for path in known.iterdir():
            path.unlink()
        for path in Path(merged).iterdir():
            (known / path.name[:12]).write_bytes(path.read_bytes())


def _run(name: str, *options: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "tests.fuzz.one", name, *options]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)


if __name__ == "__main__":
    main()
