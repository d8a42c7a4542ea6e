"""The tables of a configuration: what each key takes is said where it stands."""

from __future__ import annotations

import msgspec
import pytest

from exchange.app.checking import Table, checked_table
from exchange.app.tables import (
    BridgeTable,
    GatewayTable,
    HubTable,
    LimitsTable,
    LoggingTable,
    ServiceTable,
    TracingTable,
)
from exchange.errors import ConfigurationError

KEYS = [
    (kind, field.encode_name)
    for kind in (HubTable, LimitsTable, LoggingTable, TracingTable, ServiceTable, GatewayTable, BridgeTable)
    for field in msgspec.structs.fields(kind)
]

NEEDED = {"class": "plant.arithmetic:Math", "hubs": {"inner": "tcp:hosta:1"}}


@pytest.mark.parametrize(("kind", "key"), KEYS, ids=lambda each: each if isinstance(each, str) else each.__name__)
def test_every_key_says_what_it_expects_when_it_gets_something_else(kind: type[Table], key: str) -> None:
    fields = msgspec.structs.fields(kind)
    needed = {field.encode_name: NEEDED[field.encode_name] for field in fields if field.required}
    with pytest.raises(ConfigurationError, match=rf"^here {key}: expected .*, got \[\[\]\]$"):
        checked_table(kind, needed | {key: [[]]}, "here")
