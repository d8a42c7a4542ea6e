"""Asks a hub, or a file, to explain, and says in sentences what it told."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from exchange.app.cli.output import Output
from exchange.app.cli.status import Status, status_of
from exchange.app.cli.working import Work, do, text_of
from exchange.app.config import read_site
from exchange.app.policy import rules_of
from exchange.errors import ConfigurationError, ExchangeError
from exchange.routing.interest import BUILT_IN
from exchange.routing.policy import Deed, Policy
from exchange.services.explaining import name_in, ruling_of
from exchange.wire.layouts import is_word

VERBS: dict[str, str] = {"join": "join the service group", "subscribe": "subscribe to"}

REASONS = {
    "withdrawn": "its owner withdrew it",
    "lost": "the link to it was lost",
    "drained": "its process left in good order",
}

HERE = ("call", "subscribe")
"""Deeds for which somebody must be there."""


def explain_and_print(options: argparse.Namespace) -> Status:
    """Print what is to be said; or one line on standard error."""
    try:
        _check(options)
        if not options.config:
            return do("explain", options, _explain)
        return _show(Output(options.output), options, _told_by_file(options))
    except ExchangeError as error:
        print(f"exchange explain: {text_of(error)}", file=sys.stderr)
        return status_of(error)


async def _explain(work: Work) -> Status:
    asked = (work.options.deed, work.options.thing, work.options.principal)
    return _show(work.output, work.options, await work.call(BUILT_IN, "explain", *asked))


def _show(output: Output, options: argparse.Namespace, told: dict[str, Any]) -> Status:
    """Print what was told, for people in sentences."""
    if output.is_for_people:
        for line in sentences_of(told, options.deed, options.thing, time.time()):
            output.say(line)
    else:
        output.value(told)
    return status_of_told(told, options.deed)


def status_of_told(told: dict[str, Any], deed: str) -> Status:
    """Return the exit status that says the same as the sentences."""
    if not told["granted"]:
        return Status.DENIED
    is_missed = deed in HERE and "instances" in told and not any(each["reached"] for each in told["instances"])
    return Status.NO_SUCH_NAME if is_missed else Status.FINE


def sentences_of(told: dict[str, Any], deed: str, thing: str, now: float) -> Iterator[str]:
    """Yield what people want to know, the answer first.

    Args:
        told: What `exchange.services.explaining.Explaining.explain` returned, or a part of it.
        now: In seconds since 1970.
    """
    yield _answer(told, deed, thing)
    if "instances" not in told:
        return
    who, links = _who(told["principal"]), told["links"]
    yield f"{who} has {links} {'link' if links == 1 else 'links'} here" if links else f"nobody is linked here as {who}"
    yield from _instances(told, name_in(_deed(deed), thing), deed, now)


def _answer(told: dict[str, Any], deed: str, thing: str) -> str:
    where = f"at {told['hub']}" if "hub" in told else "by this file"
    what = f"{_who(told['principal'])} may{'' if told['granted'] else ' not'} {VERBS.get(deed, deed)} {thing} {where}"
    if not told["rules"]:
        return f"{what}: it has no rules, so everybody may everything"
    if told["rule"]:
        said = told["said"]
        patterns = f"principal {_quoted(said['principal'])}, {deed} {_quoted(said[deed])}"
        return f"{what}: rule {told['rule']} ({patterns}) grants it"
    places = ", ".join(str(each) for each in told["applying"])
    if not places:
        return f"{what}: none of the {told['rules']} rules is about {_who(told['principal'])}"
    return f"{what}: of the rules about {_who(told['principal'])} ({places}) none grants it"


def _instances(told: dict[str, Any], name: str, deed: str, now: float) -> Iterator[str]:
    group = f"exchange group '{told['group']}'" if told["group"] else "this exchange group"
    what = f"in service group '{name}'" if deed == "join" else f"named '{name}'"
    if not told["count"]:
        yield f"nobody {what} is known in {group}; {_departure(told['departure'], now)}"
        if deed in HERE and told["departure"] is None:
            yield "if it runs in another group, a bridge must join the two, and its audience be '*' or the name of this"
        return
    yield f"{told['count']} {what}:"
    for each in told["instances"]:
        yield f"  {_instance(each)}"
    if told["count"] > len(told["instances"]):
        yield f"  and {told['count'] - len(told['instances'])} more"


def _instance(each: dict[str, Any]) -> str:
    notes = [f"as {each['principal']}"] if each["principal"] else []
    notes += [f"through {' and '.join(repr(group) for group in each['path'])}"] if each["path"] else []
    if not each["reached"]:
        notes.append(f"not reached: its audience '{each['audience']}' keeps it within its process")
    states = {"leaving": "which is leaving", "congested": "which cannot keep up", "suspected": "which is silent"}
    notes += [text for key, text in states.items() if each[key]]
    return ", ".join([f"{each['id']} at {each['at']}", *notes])


def _departure(departure: dict[str, Any] | None, now: float) -> str:
    if departure is None:
        return "the hub remembers nobody of that name"
    when, reason = departure["when"], REASONS.get(departure["reason"], departure["reason"])
    return (
        f"the last went {_span(now - when)} ago ({datetime.fromtimestamp(when, UTC):%Y-%m-%d %H:%M:%S} UTC): {reason}"
    )


def _span(seconds: float) -> str:
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{int(seconds // size)} {unit}"
    whole = max(0, int(seconds))
    return "1 second" if whole == 1 else f"{whole} seconds"


def _who(principal: str) -> str:
    return principal or "somebody who has proved nothing"


def _quoted(patterns: list[str]) -> str:
    return " ".join(f"'{each}'" for each in patterns)


def _deed(deed: str) -> Deed:
    return deed  # type: ignore[return-value]


def _check(options: argparse.Namespace) -> None:
    thing, name = options.thing, name_in(options.deed, options.thing)
    if not name or not is_word(name) or (options.deed == "call" and thing.endswith(".")):
        expected = "SERVICE.METHOD, such as math.multiply" if options.deed == "call" else "a name"
        raise ConfigurationError(f"expected {expected}, got {thing!r}")


def _told_by_file(options: argparse.Namespace) -> dict[str, Any]:
    policy = Policy(rules_of(read_site(options.config).policy))
    return {
        "principal": options.principal or "",
        **ruling_of(policy, options.deed, options.thing, options.principal),
    }
