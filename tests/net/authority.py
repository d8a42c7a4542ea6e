"""A private authority for tests, with certificates of all kinds; made once, since keys take time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from exchange.app.certificates import Files, Pair, make_authority, make_hub, make_peer, write_pair

NOW = datetime.now(UTC)
HOSTS = ("localhost", "127.0.0.1", "::1", "hub.example")


def files_in(folder: Path, name: str) -> Files:
    return Files(folder / f"{name}.pem", folder / f"{name}-key.pem")


def save(pair: Pair, folder: Path, name: str) -> Files:
    files = files_in(folder, name)
    write_pair(pair, files, may_replace=True)
    return files


def make_files(folder: Path) -> Path:
    """Make in ``folder``: authority, other-authority; hub, late-hub; peer, late-peer, early-peer, stray-peer."""
    ours, other = make_authority("ours", 10, NOW), make_authority("other", 10, NOW)
    long_ago, soon = NOW - timedelta(days=9), NOW + timedelta(days=5)
    pairs = {
        "authority": ours,
        "other-authority": other,
        "hub": make_hub("rome", HOSTS, ours, 5, NOW),
        "late-hub": make_hub("rome", HOSTS, ours, 5, long_ago),
        "peer": make_peer("press", ours, 5, NOW),
        "late-peer": make_peer("press", ours, 5, long_ago),
        "early-peer": make_peer("press", ours, 5, soon),
        "stray-peer": make_peer("press", other, 5, NOW),
    }
    for name, pair in pairs.items():
        save(pair, folder, name)
    return folder
