"""The soak: ``python -m tests.soak`` has a mesh of three hubs work while parts of it are killed.

TLS and tokens are on. Every call must end, none may run twice, what is kept must be right
in the end wherever it is read, and nothing may have grown.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.soak.site import HUBS, PARTS, SPARED, Site
from tests.soak.verdict import Calls

ROOT = Path(__file__).parents[2]
WARM = 20.0
"""Seconds until what is there is taken for what is usual."""

BETWEEN = (0.5, 4.0)
REST = 6.0
"""Seconds until all have found one another again."""

MAY_GROW = 16.0
"""Mebibytes, and so much may the memory of what was spared grow: what is remembered fills up."""


def main() -> None:
    """Soak, print what came of it, and end with 1 if something was wrong."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="how long (600)")
    parser.add_argument("--seed", type=int, default=0, help="of what befalls whom (0)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder), ROOT, options.seed)
        try:
            wrong = _soak(site, options.seconds)
        finally:
            site.close()
    for each in wrong:
        print(f"WRONG: {each}")
    raise SystemExit(bool(wrong))


def _soak(site: Site, seconds: float) -> list[str]:
    begun = time.monotonic()
    site.pass_time(min(WARM, seconds / 3))
    usual = {name: site.parts[name].size() for name in SPARED}
    while time.monotonic() - begun < seconds:
        site.pass_time(site.random.uniform(*BETWEEN))
        site.befall()
    site.recover()
    site.pass_time(REST)
    wrong = _check_reports(site)
    ends = {name: site.parts[name].ordered("stop") for name in PARTS if name.startswith("caller")}
    site.pass_time(1)
    wrong += _check_sizes(site, usual)
    calls = Calls(site.folder, site.ended_early)
    fates: dict[str, int] = {}
    for _, fate in site.befell:
        fates[fate] = fates.get(fate, 0) + 1
    print(f"{time.monotonic() - begun:.0f} seconds; {', '.join(f'{n} {fate}' for fate, n in sorted(fates.items()))}")
    print(f"{calls.begun} calls; {len(calls.wrong)} wrong; {calls.cut_off} of callers that were ended themselves")
    for end, count in calls.ends.most_common():
        print(f"  {count:>8} {end}")
    assert ends
    return wrong + calls.wrong[:20]


def _check_reports(site: Site) -> list[str]:
    kept: dict[str, Any] = {}
    for board in ("board-1", "board-2"):
        kept |= {f"{board} {subject}": content for subject, content in site.parts[board].ordered("stop").items()}
    site.pass_time(1)
    there = sorted(["tally"] * 3 + ["board-1", "board-2"])
    hears = {name: site.parts[name].ordered("look") for name in PARTS if name.startswith("caller")}
    hears |= dict(zip((f"somebody new at {hub}" for hub in HUBS), site.read_fresh(), strict=True))
    wrong = []
    for who, told in hears.items():
        if told["kept"] != kept:
            odd = [key for key in kept if told["kept"].get(key) != kept[key]]
            wrong.append(f"{who} takes other reports for the last ones: {odd or told['kept'].keys() - kept.keys()}")
        if told["there"] != there:
            wrong.append(f"{who} sees {told['there']}, and there are {there}")
    print(f"{len(kept)} reports kept, right for {len(hears)} readers; {sum(t['heard'] for t in hears.values())} heard")
    return wrong


def _check_sizes(site: Site, usual: dict[str, tuple[int, float]]) -> list[str]:
    wrong = []
    links = []
    for hub in HUBS:
        told = site.parts[hub].ordered("look")
        links.append(told["links"])
        if told["owed"]:
            wrong.append(f"{hub} is owed {told['owed']} answers, and nobody calls")
    expected = len(PARTS) + len(HUBS) * (len(HUBS) - 1)
    if sum(links) != expected:
        wrong.append(f"the hubs have {links} links, and should have {expected} together")
    for name, (files, memory) in usual.items():
        files_now, memory_now = site.parts[name].size()
        print(f"{name}: {files} files open, then {files_now}; {memory:.1f} MiB, then {memory_now:.1f}")
        most = files + (expected if name in HUBS else 0)
        if files_now > most:
            wrong.append(f"{name} has {files_now} files open")
        if memory_now > memory + MAY_GROW:
            wrong.append(f"{name} has grown from {memory:.0f} to {memory_now:.0f} MiB")
    return wrong


if __name__ == "__main__":
    main()
