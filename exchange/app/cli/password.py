"""``exchange password``: the line of a password file for somebody, by which a hub knows them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path

from exchange.app.cli.status import Status
from exchange.errors import ConfigurationError

EPILOG = """\
On a terminal the password is asked for twice, and not shown; else it is the first line
of standard input. The line holds nothing that the password could be found out from, save
by guessing. Give the file to a hub: twistd exchange --password-file FILE

examples:
  exchange password ann --file passwords
  exchange password ann >> passwords
"""


def run(words: Sequence[str]) -> Status:
    """Make the line that ``words`` ask for, and return the exit status."""
    options = parser().parse_args(list(words))
    try:
        _make(options.name, options.file)
    except ConfigurationError as error:
        print(f"exchange password: {error}", file=sys.stderr)
        return Status.USAGE
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return Status.INTERRUPTED
    return Status.FINE


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = argparse.ArgumentParser(
        prog="exchange password",
        description="Make the line of a password file for somebody, and print it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("name", metavar="NAME", help="the principal that this will be")
    made.add_argument(
        "-f", "--file", type=Path, help="write the line to this file, in place of one of the same name if there is one"
    )
    return made


def _make(name: str, file: Path | None) -> None:
    from exchange.app.secret_lines import put_line
    from exchange.net.passwords import line_of

    line_of(name, "only to see whether the name can be one")
    line = line_of(name, _asked() if sys.stdin.isatty() else _read())
    if file is None:
        print(line)
        return
    done = "has a new password" if put_line(file, line) else "was added"
    print(f"{name} {done} in {file}")


def _asked() -> str:
    try:
        password = getpass("password: ")
        if getpass("again: ") != password:
            raise ConfigurationError("the two are not the same; nothing was made")
    except EOFError:
        password = ""
    return _checked(password)


def _read() -> str:
    return _checked(sys.stdin.readline().rstrip("\r\n"))


def _checked(password: str) -> str:
    if not password:
        raise ConfigurationError("no password was given; nothing was made")
    return password
