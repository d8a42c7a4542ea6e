"""The line that says that all of it serves: where, and what to do with it."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twisted.internet.address import UNIXAddress

from exchange.app.endpoints import EVERYWHERE, way_to
from exchange.app.tables import DEFAULT_HUB, DEFAULT_PORT, LOOPBACK

USUAL_HUBS = {DEFAULT_HUB, f"tcp:{LOOPBACK}:{DEFAULT_PORT}"}


def hub_at(address: Any) -> str:
    """Return the endpoint to dial for the address of a port that listens."""
    return way_to(address) or ""


def web_at(address: Any, path: str, *, is_secure: bool = False) -> str:
    """Return the URL of a path at the address of a port that listens."""
    if isinstance(address, UNIXAddress):
        return f"{os.fsdecode(address.name or b'')}, path {path}"
    host = "localhost" if address.host in EVERYWHERE else address.host
    return f"http{'s' if is_secure else ''}://{f'[{host}]' if ':' in host else host}:{address.port}{path}"


def serving_line(facts: Sequence[str], hint: str) -> str:
    """Return the one line that tells a person at a terminal what now serves, and what to do with it."""
    return f"exchange serves: {', '.join(facts)}{f'; {hint}' if hint else ''}"


def trial_of(trial: str, hub: str, group: str, more: str = "") -> str:
    """Return a command to try, which calls what whoever wrote the configuration chose: ``math.multiply 6 7``.

    Nothing is ever proposed that nobody chose: it might throw something away.
    """
    return f"try: {_program('exchange')} call{_link_options(hub, group)}{more} {trial}"


def use_of(service: str, hub: str, group: str, more: str = "") -> str:
    """Return how the methods of a service are called, without naming one."""
    return f"to call it: {_program('exchange')} call{_link_options(hub, group)}{more} {service}.METHOD ARGUMENT ..."


def offer_of(hub: str, group: str, more: str = "") -> str:
    """Return a command that offers a service at ``hub``."""
    return f"try: {_program('twistd')} -n exchange-services{_link_options(hub, group)}{more} package.module:Class"


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
