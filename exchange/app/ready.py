"""The line that says that all of it serves: where, and what to try."""

from __future__ import annotations

import inspect
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twisted.internet.address import UNIXAddress
from twisted.internet.endpoints import quoteStringArgument

from exchange.app.config import DEFAULT_HUB, DEFAULT_PORT, LOOPBACK
from exchange.app.endpoints import EVERYWHERE
from exchange.services.service import Service

USUAL_HUBS = {DEFAULT_HUB, f"tcp:{LOOPBACK}:{DEFAULT_PORT}"}
NUMBERS = {int, float, "int", "float"}


def hub_at(address: Any) -> str:
    """Return the endpoint to dial for the address of a port that listens."""
    if isinstance(address, UNIXAddress):
        return f"unix:{quoteStringArgument(os.fsdecode(address.name or b''))}"
    host = "localhost" if address.host in EVERYWHERE else quoteStringArgument(address.host)
    return f"tcp:{host}:{address.port}"


def web_at(address: Any, path: str) -> str:
    """Return the URL of a path at the address of a port that listens."""
    if isinstance(address, UNIXAddress):
        return f"{os.fsdecode(address.name or b'')}, path {path}"
    host = "localhost" if address.host in EVERYWHERE else address.host
    return f"http://{f'[{host}]' if ':' in host else host}:{address.port}{path}"


def serving_line(facts: Sequence[str], trial: str) -> str:
    """Return the one line that tells a person at a terminal what now serves, and a command to try."""
    return f"exchange serves: {', '.join(facts)}{f'; try: {trial}' if trial else ''}"


def trial_of(services: Sequence[Service], hub: str, group: str) -> str:
    """Return a command that calls a method of one of ``services``; empty if there is none to call."""
    calls = [call for service in services for call in _calls_of(service)]
    if not calls:
        return ""
    return f"{_program('exchange')} call{_link_options(hub, group)} {max(calls)[1]}"


def offer_of(hub: str, group: str) -> str:
    """Return a command that offers a service at ``hub``."""
    return f"{_program('twistd')} -n exchange-services{_link_options(hub, group)} package.module:Class"


def _calls_of(service: Service) -> list[tuple[tuple[bool, int], str]]:
    """Return a call of each method, the more telling the higher: numbers can be made up, other values not."""
    calls = []
    for name, export in service.exports.items():
        parameters = _required(export.signature)
        is_easy = all(parameter.annotation in NUMBERS for parameter in parameters)
        words = [str(6 + place) if is_easy else parameter.name.upper() for place, parameter in enumerate(parameters)]
        calls.append(((is_easy, len(words)), " ".join([f"{service.name}.{name}", *words])))
    return calls


def _required(signature: inspect.Signature | None) -> list[inspect.Parameter]:
    parameters = signature.parameters.values() if signature else ()
    wanted = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [each for each in parameters if each.kind in wanted and each.default is each.empty]


def _link_options(hub: str, group: str) -> str:
    place = "" if hub in USUAL_HUBS else f" --hub {shlex.quote(hub)}"
    return f"{place} --group {shlex.quote(group)}" if group else place


def _program(name: str) -> str:
    """Return how to start one of our programs from here: by its name, if the shell finds it."""
    ours = Path(sys.executable).with_name(name)
    found = shutil.which(name)
    if (found and Path(found).samefile(ours)) or not ours.exists():
        return name
    near = os.path.relpath(ours)
    return shlex.quote(str(ours) if near.startswith("..") else near)
