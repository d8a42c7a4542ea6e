"""``exchange config``: whether a configuration is right, what would come of it, and its schema for editors."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exchange.app.cli.output import Output
from exchange.app.cli.parsing import add_output_options
from exchange.app.cli.status import Status
from exchange.errors import ConfigurationError

if TYPE_CHECKING:
    from exchange.app.effective import Value

EPILOG = """\
check tells all that would keep the file from being started, a line each, and ends with
status 2 then. show prints each value that twistd exchange would run with, and where it
came from; options of twistd exchange may follow. Neither starts anything.

examples:
  exchange config check site.toml
  exchange config check site.toml --only hub -o json
  exchange config show site.toml
  exchange config show site.toml --only services.math --heartbeat 5
  exchange config show
  exchange config schema > exchange.schema.json
"""

OPTIONS = (
    *("name", "listen", "port", "interface", "join", "advertise", "http", "group", "heartbeat", "dead-after"),
    *("drain-time", "blocked-after", "token-file", "password-file", "checker", "hubs", "credentials"),
    *("certificate", "key", "authority", "log-format", "log-level", "max-frame", "soft-limit", "hard-limit"),
    *("max-calls", "max-instances", "max-subscriptions", "max-kept", "max-changes", "max-links"),
    *("max-links-per-address", "max-greetings", "greeting-time", "farewell-time"),
)
FLAGS = ("insecure", "fast")
"""Options of ``twistd exchange``, which are not asked for their names here: that would import Twisted."""

LINE = re.compile(r"(?P<table>\[\[?[^\]]*\]\]?(?: \d+)?) ?(?P<key>[^:]*): (?P<text>.*)", re.DOTALL)
"""What is said of a mistake, after the name of the file."""


class Passed(argparse.Action):
    """Keeps an option as it was written, for `exchange.app.hub.Options`."""

    def __call__(self, parser: Any, namespace: argparse.Namespace, values: Any, option: str | None = None) -> None:
        """Keep one more."""
        words = [option] if values == [] else [option, values]
        setattr(namespace, self.dest, [*(getattr(namespace, self.dest) or []), *words])


def run(words: Sequence[str]) -> Status:
    """Do what ``words`` ask for, and return the exit status."""
    options = parser().parse_args(list(words))
    try:
        if options.verb == "check":
            return _check(options)
        if options.verb == "show":
            _show(options)
        else:
            _print_schema()
    except ConfigurationError as error:
        _tell_all(error)
        return Status.USAGE
    return Status.FINE


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = argparse.ArgumentParser(
        prog="exchange config",
        description="Look at the configuration of a site.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    verbs = made.add_subparsers(dest="verb", metavar="VERB", required=True)
    check = verbs.add_parser("check", help="tell all that is wrong with a file", allow_abbrev=False)
    check.add_argument("file", metavar="FILE", help="a configuration file, such as site.toml")
    _add_only(check)
    check.add_argument("--no-import", action="store_true", help="leave out whether the classes can be imported")
    add_output_options(check)
    show = verbs.add_parser("show", help="print each value, and where it came from", allow_abbrev=False)
    show.add_argument("file", metavar="FILE", nargs="?", help="a configuration file; without it, the defaults")
    _add_only(show)
    add_output_options(show)
    passed = show.add_argument_group("options of twistd exchange, which win over the file")
    for name in OPTIONS:
        passed.add_argument(f"--{name}", dest="words", metavar="VALUE", action=Passed, help="as of twistd exchange")
    for name in FLAGS:
        passed.add_argument(f"--{name}", dest="words", nargs=0, action=Passed, help="as of twistd exchange")
    verbs.add_parser("schema", help="print the JSON Schema of such files", allow_abbrev=False)
    return made


def _add_only(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--only",
        metavar="PART",
        action="append",
        default=[],
        help="this part alone: hub, services.NAME, gateways.NAME or bridges.NAME; may be given again",
    )


def _check(options: argparse.Namespace) -> Status:
    from twisted.internet import reactor

    from exchange.app.config import site_in
    from exchange.app.mistakes import Mistakes
    from exchange.app.policy import rules_of
    from exchange.app.policy_check import warnings_about
    from exchange.app.site_check import SiteCheck

    mistakes, warnings = Mistakes(), list[str]()
    try:
        site = site_in(options.file, mistakes).only(options.only)
        if not site.parts and not site.unreadable:
            mistakes.add(f"{options.file} has nothing to run; add a table, such as [hub]")
        SiteCheck(reactor, site, mistakes, starts=False).look(imports=not options.no_import)
        if not mistakes and site.policy:
            warnings += warnings_about(rules_of(site.policy), site)
    except ConfigurationError as error:
        mistakes.add_error(error)
    _tell(options, mistakes.lines, warnings, [] if mistakes else site.parts)
    return Status.USAGE if mistakes else Status.FINE


def _tell(options: argparse.Namespace, mistakes: list[str], warnings: list[str], parts: list[str]) -> None:
    output = Output(options.output)
    if not output.is_for_people:
        rows = [{"kind": "mistake", **_parts_of(options.file, line)} for line in mistakes]
        rows += [{"kind": "warning", "file": options.file, "table": "", "key": "", "text": line} for line in warnings]
        output.value(rows)
        return
    for line in mistakes:
        print(f"exchange config: {line}", file=sys.stderr)
    for line in warnings:
        output.say(f"warning: {line}")
    if not mistakes:
        output.say(f"{options.file} is right: {', '.join(parts)}")


def _parts_of(file: str, line: str) -> dict[str, str]:
    """Return what a line says, in its parts."""
    rest = line.removeprefix(f"{file}: ")
    found = LINE.fullmatch(rest)
    told = found.groupdict() if found else {"table": "", "key": "", "text": rest}
    return {"file": file, **told}


def _show(options: argparse.Namespace) -> None:
    from twisted.internet import reactor

    from exchange.app.effective import effective_values

    if options.only and not options.file:
        raise ConfigurationError("--only chooses parts of a file; name the file too")
    values = effective_values(reactor, options.file, options.only, options.words or [], os.environ)
    output = Output(options.output)
    if output.is_for_people:
        output.say("\n".join(_lines_of(values)))
    else:
        output.value([value._asdict() for value in values])


def _lines_of(values: list[Value]) -> list[str]:
    """Return values as a file would have them, with a remark on each."""
    lines, table = list[str](), ""
    written = [
        (f"{value.key} = {toml_of(value.value)}" if value.value is not None else f"# {value.key}") for value in values
    ]
    width = min(60, max(len(each) for each in written))
    for value, text in zip(values, written, strict=True):
        if value.table != table:
            table = value.table
            head = "[[policy]]" if table.startswith("policy ") else f"[{table}]"
            lines += ["", head] if lines else [head]
        lines.append(f"{text:{width}}  # {value.where or value.origin}")
    return lines


def toml_of(value: Any) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, dict):
        return (
            f"{{ {', '.join(f'{json.dumps(key)} = {toml_of(each)}' for key, each in value.items())} }}"
            if value
            else "{}"
        )
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_of(each) for each in value)}]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def _print_schema() -> None:
    from exchange.app.schema import schema

    Output("text").write(f"{json.dumps(schema(), indent=2, ensure_ascii=False)}\n")


def _tell_all(error: ConfigurationError) -> None:
    from exchange.app.mistakes import refusal

    print(refusal("exchange config", error), file=sys.stderr)
