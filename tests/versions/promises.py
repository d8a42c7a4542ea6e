"""What is public, as a thing that can be kept: names, parameters, options, keys, exit statuses, numbers of failures.

    python -m tests.versions.promises > tests/versions/promised_0_1.json

does so at a release, whose number is the next one's then. `test_promises` holds whatever comes later to it.
"""

from __future__ import annotations

import json
from inspect import getattr_static, isclass, signature
from typing import Any

import msgspec
from twisted.application.service import ServiceMaker

import exchange
from exchange import aio, blocking, netsvc, testing
from exchange.app import tables
from exchange.app.checking import Table
from exchange.app.cli.status import Status
from exchange.app.policy import PolicyTable
from exchange.errors import CALL_ERRORS
from twisted.plugins import exchange_plugins

FACES = {"exchange.aio.connect": aio.connect, "exchange.blocking.connect": blocking.connect}
TABLES: dict[str, type[Table]] = {
    "hub": tables.HubTable,
    "policy": PolicyTable,
    "limits": tables.LimitsTable,
    "services": tables.ServiceTable,
    "gateways": tables.GatewayTable,
    "bridges": tables.BridgeTable,
    "logging": tables.LoggingTable,
    "tracing": tables.TracingTable,
}
OTHERS = {"exchange.testing.Network": testing.Network}


def promised() -> dict[str, Any]:
    """Return all of it; each value is a map of names to what is promised of them."""
    public = {f"exchange.{name}": getattr(exchange, name) for name in exchange.__all__} | FACES | OTHERS
    commands = [each for each in vars(exchange_plugins).values() if isinstance(each, ServiceMaker)]
    old: dict[str, list[str]] = {
        f"exchange.netsvc.{name}": [] for name, value in vars(netsvc).items() if _is_ours(name, value)
    }
    return {
        "names": {name: _parts(value) for name, value in public.items()} | old,
        "parameters": {name: given for each, value in public.items() for name, given in _parameters(each, value)},
        "options": {maker.tapname: sorted(maker.options().longOpt) for maker in commands},
        "keys": {name: [field.encode_name for field in msgspec.structs.fields(kind)] for name, kind in TABLES.items()},
        "statuses": {status.name: status.value for status in Status},
        "failures": {name: kind.usual_number for name, kind in CALL_ERRORS.items()},
    }


def _is_ours(name: str, value: object) -> bool:
    return not name.startswith("_") and str(getattr(value, "__module__", "")).startswith("exchange.netsvc")


def _parts(value: Any) -> list[str]:
    """Return what our own classes define of a class; what is Twisted's or Python's is theirs to promise."""
    ours = [each for each in value.__mro__ if each.__module__.startswith("exchange")] if isclass(value) else []
    return sorted({name for each in ours for name in vars(each) if not name.startswith("_")})


def _parameters(name: str, value: Any) -> list[tuple[str, list[str]]]:
    deeds = [(name, value)] if callable(value) else []
    for part in _parts(value):
        found = getattr_static(value, part)
        if callable(getattr(found, "__func__", found)):
            deeds.append((f"{name}.{part}", getattr(value, part)))
    return [(each, given) for each, deed in deeds if (given := _given(deed)) is not None]


def _given(deed: Any) -> list[str] | None:
    try:
        return [each for each in signature(deed).parameters if not each.startswith("_")]
    except ValueError:  # what is written in C tells nothing
        return None


def written(promises: dict[str, Any]) -> str:
    """Return them as JSON, with a line for each name, so that a difference can be read."""
    parts = []
    for what, each in sorted(promises.items()):
        lines = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in sorted(each.items())]
        parts.append(f' "{what}": {{\n' + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(parts) + "\n}"


if __name__ == "__main__":
    print(written(promised()))
