"""The options of the commands of twistd, from the classes that read them."""

from __future__ import annotations

from inspect import getdoc
from typing import Any

from twisted.application.service import ServiceMaker
from twisted.python import usage

from from_code.tables import code, prose, table
from twisted.plugins import exchange_plugins


def commands() -> dict[str, ServiceMaker]:
    """Return the commands that `exchange` gives to twistd, by their names."""
    found = [value for value in vars(exchange_plugins).values() if isinstance(value, ServiceMaker)]
    return {maker.tapname: maker for maker in found}


def options(_: str) -> str:
    """Return the options of each command of twistd."""
    return "\n\n".join(f"## twistd {name}\n\n{of_command(maker.options())}" for name, maker in commands().items())


def of_command(found: usage.Options) -> str:
    """Return the options of one command as a table."""
    takes_value = {name.rstrip("=") for name in found.longOpt if name.endswith("=")}
    shorts = {found.synonyms[name]: name for name in found.synonyms if len(name) == 1}
    texts = {text: name for name, text in found.docs.items() if len(name) > 1}
    # What is a method under both names, as opt_hub and opt_H, has the same text under both.
    shorts |= {texts[text]: name for name, text in found.docs.items() if len(name) == 1}
    rows = []
    for name in sorted({found.synonyms.get(each.rstrip("="), each.rstrip("=")) for each in found.longOpt}):
        words = f"--{name.replace('_', '-')}" + (" VALUE" if name in takes_value else "")
        short = f"-{shorts[name]}" if name in shorts else ""
        rows.append((code(words), code(short), prose(text_of(found, name))))
    return table(("option", "short", "what it does"), rows)


def text_of(found: usage.Options, name: str) -> str:
    """Return what the help says of an option."""
    said = found.docs.get(name)
    if said:
        return str(said)
    method: Any = getattr(found, f"opt_{name.replace('-', '_')}", None)
    return getdoc(method) or ""
