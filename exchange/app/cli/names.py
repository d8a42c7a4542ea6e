"""Names that the hub knows, for completion: asked for quickly, and nothing where there is no answer."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Sequence

from exchange.app.cli.completing import Candidate
from exchange.app.cli.working import Work, do
from exchange.errors import CallError
from exchange.routing.interest import BUILT_IN
from exchange.wire.identities import readable

PATIENCE = 0.5
"""Seconds that somebody waits who has pressed TAB."""


def names_at_hub(kind: str, begun: str, words: Sequence[str], options: argparse.Namespace) -> list[Candidate]:
    """Return the names of services, methods, groups or instances.

    Args:
        begun: How they begin.
        words: Those that stand before: the instances are of a service that is among them.
        options: Say which hub to ask.
    """
    found: list[Candidate] = []
    options.timeout = PATIENCE

    async def ask(work: Work) -> None:
        found.extend(await _ask(work, kind, begun, words))

    with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
        do("_complete", options, ask)
    return found


async def _ask(work: Work, kind: str, begun: str, words: Sequence[str]) -> list[Candidate]:
    if kind == "links":
        rows = (await work.call(BUILT_IN, "links"))["rows"]
        return [Candidate(row["id"], row["principal"] or ", ".join(row["offers"])) for row in rows]
    if kind == "hubs":
        told = await work.call(BUILT_IN, "overview")
        return [Candidate(each["id"], each["name"]) for each in (told, *told["hubs"])]
    instances = await work.presences()
    counts: dict[str, int] = {}
    for each in instances:
        counts[each.name] = counts.get(each.name, 0) + 1
    match kind:
        case "services":
            return [Candidate(name, _many(count)) for name, count in sorted(counts.items())]
        case "groups":
            return [Candidate(group) for group in sorted({group for each in instances for group in each.groups})]
        case "instances":
            wanted = {name for word in words for name in (word, word.rpartition(".")[0])}
            return [Candidate(readable(each.id), each.name) for each in instances if each.name in wanted]
    service = begun.rpartition(".")[0]
    if service not in counts:
        return [Candidate(f"{name}.", _many(count)) for name, count in sorted(counts.items())]
    below = [Candidate(f"{name}.", _many(count)) for name, count in sorted(counts.items()) if name != service]
    return [*await _methods(work, service), *below]


async def _methods(work: Work, service: str) -> list[Candidate]:
    try:
        description = await work.exchange.describe(service, work.patience)
    except CallError:
        return []
    return [
        Candidate(f"{service}.{method.name}", method.documentation.partition("\n")[0])
        for method in description.methods.values()
    ]


def _many(count: int) -> str:
    return "1 instance" if count == 1 else f"{count} instances"
