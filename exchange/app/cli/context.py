"""``exchange context``: names for hubs and how to link with them, so that they need not be typed."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from exchange.app.cli.columns import Field
from exchange.app.cli.contexts import FILES, KEYS, Context, Contexts, Settings, chosen_context, contexts_file
from exchange.app.cli.output import Output
from exchange.app.cli.parsing import add_output_options, parser_of
from exchange.app.cli.status import Status, status_of
from exchange.errors import ConfigurationError, ExchangeError
from exchange.wire.telling import plain

EXAMPLES = """\
examples:
  exchange context add plant --hub hosta:11111 --hub hostb:11111 --group plant --use
  exchange context add office --hub rome.example:11111 --authority authority.pem --credentials ann.secret
  exchange context list
  exchange context show plant -o json
  exchange context use office
  exchange context use --none
  exchange context remove plant
  exchange services --context plant

They are kept in ~/.config/exchange/contexts.toml ($XDG_CONFIG_HOME is heeded), which names
files with secrets and holds none. An option wins over the environment, that over the
context (--context, else EXCHANGE_CONTEXT, else the one that is used), that over the default.
"""

FIELDS = (
    *(Field("current", "used", told=lambda used: "*" if used else ""), Field("name"), Field("hub"), Field("group")),
    *(Field(key) for key in FILES),
    *(Field(key, for_people=False) for key in ("heartbeat", "dead-after")),
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = parser_of("context", "Keep names for hubs and how to link with them.", EXAMPLES)
    deeds = made.add_subparsers(metavar="add|list|show|use|remove", required=True)
    add = deeds.add_parser("add", help="keep a name, and all that belongs to it")
    add.add_argument("name", metavar="NAME", help="such as plant")
    add.add_argument("-H", "--hub", metavar="ENDPOINT", action="append", help="HOST:PORT; may be given again")
    add.add_argument("-g", "--group", metavar="NAME", help="the exchange group of the hub")
    for key in FILES:
        add.add_argument(f"--{key}", metavar="FILE", help=f"as --{key} of the verbs that connect")
    add.add_argument("--heartbeat", metavar="SECONDS", help="as --heartbeat of the verbs that connect")
    add.add_argument("--dead-after", metavar="SECONDS", help="as --dead-after of the verbs that connect")
    add.add_argument("--use", action="store_true", help="use it from now on")
    add.add_argument("--force", action="store_true", help="replace the one of this name")
    _deed(add, _add)
    listing = deeds.add_parser("list", help="tell all")
    add_output_options(listing)
    _deed(listing, _list)
    show = deeds.add_parser("show", help="tell one; the one in use, if none is named")
    show.add_argument("name", metavar="CONTEXT", nargs="?")
    add_output_options(show)
    _deed(show, _show)
    use = deeds.add_parser("use", help="use one from now on, where nothing else is said")
    use.add_argument("name", metavar="CONTEXT", nargs="?")
    use.add_argument("--none", action="store_true", help="use none")
    _deed(use, _use)
    remove = deeds.add_parser("remove", help="forget one")
    remove.add_argument("name", metavar="CONTEXT")
    _deed(remove, _remove)
    return made


def run(words: Sequence[str]) -> Status:
    """Do what is asked for, and return the exit status."""
    options = parser().parse_args(list(words))
    try:
        deed: Callable[[argparse.Namespace, Contexts], None] = options.deed
        deed(options, Contexts(contexts_file(os.environ)))
    except ExchangeError as error:
        print(f"exchange context: {plain(str(error))}", file=sys.stderr)
        return status_of(error)
    return Status.FINE


def _deed(made: argparse.ArgumentParser, deed: Callable[[argparse.Namespace, Contexts], None]) -> None:
    made.set_defaults(deed=deed)


def _add(options: argparse.Namespace, contexts: Contexts) -> None:
    name = options.name
    if not name or not name.isprintable() or name.startswith("-"):
        raise ConfigurationError(f"{name!r} cannot be the name of a context: it must be text that can be printed")
    is_new = name not in contexts.named
    if not is_new and not options.force:
        raise ConfigurationError(f"there is a context '{name}' already; --force replaces it")
    contexts.named[name] = Context(name, _settings(options))
    if options.use:
        contexts.current = name
    contexts.write()
    print(f"{'added' if is_new else 'replaced'} {name} in {contexts.file}{', and use it' if options.use else ''}")


def _settings(options: argparse.Namespace) -> Settings:
    """Return what the options say, checked as a verb that connects would.

    Raises:
        ConfigurationError: It cannot be; the text names the option.
    """
    from exchange.app.cli.linking import asked_links

    if options.hub:
        from twisted.internet import reactor

        from exchange.app.plan import hubs_to_dial

        hubs_to_dial(reactor, options.hub, "--hub")
    asked_links(options, {})
    settings: Settings = {}
    for key in KEYS:
        value = getattr(options, key.replace("-", "_"))
        if value is not None:
            settings[key] = _absolute(value, key) if key in FILES else value
    if not settings:
        raise ConfigurationError("a context says at least one thing, such as --hub HOST:PORT")
    return settings


def _absolute(value: str, key: str) -> str:
    """Return where a file is, for whoever uses the context in another folder."""
    file = Path(value).expanduser().absolute()
    if not file.is_file():
        raise ConfigurationError(f"--{key}: there is no file {file}")
    return str(file)


def _list(options: argparse.Namespace, contexts: Contexts) -> None:
    rows = [_row(each, contexts) for each in contexts.named.values()]
    Output(options.output).rows(FIELDS, rows, none="no contexts; make one with: exchange context add")


def _show(options: argparse.Namespace, contexts: Contexts) -> None:
    context = contexts.find(options.name) if options.name else chosen_context(None, os.environ)
    if context is None:
        raise ConfigurationError("no context is in use; name one, or choose it with: exchange context use")
    given = [field for field in FIELDS if field.key in ("current", "name") or field.key in context.settings]
    shown = [field._replace(for_people=True) for field in given if field.key != "current"]
    output = Output(options.output)
    output.facts(shown if output.is_for_people else FIELDS, _row(context, contexts))


def _use(options: argparse.Namespace, contexts: Contexts) -> None:
    if bool(options.name) == options.none:
        raise ConfigurationError("name the context to use, or say --none")
    contexts.current = contexts.find(options.name).name if options.name else ""
    contexts.write()
    print(f"{options.name} is used from now on" if options.name else "no context is used from now on")


def _remove(options: argparse.Namespace, contexts: Contexts) -> None:
    del contexts.named[contexts.find(options.name).name]
    was_used = contexts.current == options.name
    contexts.current = "" if was_used else contexts.current
    contexts.write()
    print(f"removed {options.name}{'; no context is used from now on' if was_used else ''}")


def _row(context: Context, contexts: Contexts) -> dict[str, Any]:
    keys = {key: context.settings.get(key) for key in KEYS}
    return {"current": context.name == contexts.current, "name": context.name, **keys}
