"""What the options of the twistd commands have in common.

A value comes from the option, else from the environment variable of the same name
(``--dead-after``, ``EXCHANGE_DEAD_AFTER``), else from the file, else it is the
default. A wrong one is answered with one line, and the command ends.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, ClassVar, NoReturn

from twisted.python import usage

from exchange.app.checking import Changes, changed_table
from exchange.app.config import Site, site_in
from exchange.app.credentials import CredentialsFile
from exchange.app.driver import choose_driver
from exchange.app.mistakes import ConfigurationErrors, Mistakes, refusal
from exchange.app.plan import Plan, hubs_to_dial
from exchange.app.site_check import SiteCheck
from exchange.app.start import Terminal
from exchange.app.tables import HubTable, LoggingTable
from exchange.errors import ConfigurationError

TWISTD_PIDFILE = "twistd.pid"
TLS_KEYS = ("certificate", "key", "authority")
LINK_KEYS = ("group", "heartbeat", "dead-after", "drain-time", "blocked-after")


class CommandOptions(usage.Options):
    """Options of one twistd command; ``plan`` is what they ask for.

    Subclasses have the ``command``, what it is ``about``, its ``examples``, and `planned`.
    """

    command: ClassVar[str]
    about: ClassVar[str]
    examples: ClassVar[str]
    longdesc = ""
    optParameters: ClassVar[list[list[Any]]] = [
        ["config", "c", None, "A TOML file that describes the site; options win over it."],
        ["group", "g", None, "Exchange group; both ends of a link are in the same. [default: none]"],
        ["heartbeat", None, None, "Seconds of silence until the far end is asked for a sign of life. [default: 10]"],
        ["dead-after", None, None, "Seconds of silence until the far end is taken for dead. [default: 30]"],
        ["drain-time", None, None, "Seconds that SIGTERM leaves to end in good order; 0 is at once. [default: 30]"],
        ["blocked-after", None, None, "Seconds of one doing after which the log tells of it; 0 is never. [default: 1]"],
        ["log-format", None, None, "How the log is written: text or json. [default: text]"],
        ["log-level", None, None, "The least that is written: debug, info, warn, error, critical. [default: info]"],
    ]

    optFlags: ClassVar[list[list[Any]]] = [
        ["fast", None, "Carry links by uvloop, which answers sooner; it must be installed."],
    ]

    plan: Plan

    def __init__(self) -> None:
        super().__init__()
        self.repeated: dict[str, list[str]] = {"only": []}
        self.mistakes = Mistakes()
        self.check: SiteCheck | None = None

    def opt_only(self, part: str) -> None:
        """Run this part of the file alone: hub, services.NAME, gateways.NAME or bridges.NAME. May be given again."""
        self.repeated["only"].append(part)

    def opt_version(self) -> NoReturn:
        """Print the version of exchange and of Twisted, and end."""
        print(f"exchange {version('exchange')} on Twisted {version('twisted')}")
        raise SystemExit(0)

    def parseOptions(self, options: Any = None) -> None:
        """Parse the words of the command line, and make the plan.

        Raises:
            SystemExit: Something in them cannot be; the text says what.
        """
        try:
            super().parseOptions(options)
            choose_driver(self._fast_by(os.environ), self["config"])
            self.plan = self.replanned()
        except usage.UsageError as error:
            raise SystemExit(f"twistd {self.command}: {error}; see twistd {self.command} --help") from None
        except ConfigurationError as error:
            raise SystemExit(refusal(f"twistd {self.command}", error)) from None
        self._leave_no_pidfile()

    def _fast_by(self, environ: Mapping[str, str]) -> str:
        """Return what asks for the fast driver, if it is not the file."""
        if self["fast"]:
            return "--fast"
        given = environ.get("EXCHANGE_FAST", "").lower()
        if given not in ("", "true", "false", "1", "0"):
            raise ConfigurationError(f"EXCHANGE_FAST: expected true or false, got '{given}'")
        return "EXCHANGE_FAST" if given in ("true", "1") else ""

    def parseArgs(self, *words: str) -> None:
        """Take the words that are no options; there are none unless a subclass says so."""
        if words:
            raise usage.UsageError(f"unexpected '{words[0]}'")

    def parse_alone(self, words: Sequence[str]) -> None:
        """Parse the words of the command line, and plan nothing."""
        super().parseOptions(list(words))

    def replanned(self) -> Plan:
        """Make a plan, of what file and environment say by now.

        Raises:
            ConfigurationErrors: It cannot be started like this; of whatever is wrong there is a line.
        """
        self._forget()
        try:
            return self.planned(os.environ)
        except ConfigurationError as error:
            if self.check is not None:
                self.check.look()
            self.mistakes.add_error(error)
        raise ConfigurationErrors(self.mistakes.lines)

    def _forget(self) -> None:
        self.mistakes, self.check = Mistakes(), None

    @property
    def anew(self) -> Callable[[], Plan] | None:
        """Return what makes the plan anew, for whoever has changed the file; nothing, if there is none."""
        return self._replanned_wholly if self["config"] is not None else None

    def _replanned_wholly(self) -> Plan:
        """Make the plan anew, and look at all that the file names, for nothing is to be started that would tell."""
        plan = self.replanned()
        if self.check is not None:
            self.check.look()
        self.mistakes.raise_if_any()
        return plan

    def checked(self, reactor: Any, site: Site, dials: bool = True) -> Site:
        """Return ``site`` if its parts can run beside each other, as far as that can be told without opening files.

        Args:
            site: As it is to run, with what options have changed.
            dials: Whether its parts dial the hubs that it names; else an option says where.

        Raises:
            ConfigurationErrors: They cannot, or something was wrong before.
        """
        self.check = SiteCheck(reactor, site, self.mistakes, dials=dials)
        self.check.places()
        self.mistakes.raise_if_any()
        return site

    def planned(self, environ: Mapping[str, str]) -> Plan:
        """Return what is to be started.

        Raises:
            ConfigurationError: It cannot be started like this.
        """
        raise usage.UsageError(f"{self.command} starts nothing")

    def getUsage(self, width: int | None = None) -> str:
        """Return the help: what the command is for, its options, examples."""
        return f"\n{self.about.strip()}\n\n{super().getUsage(width)}\n{self.examples.strip()}\n"

    def site(self) -> Site | None:
        """Return the site that ``--config`` names, less what ``--only`` leaves out."""
        if self["config"] is not None:
            return site_in(self["config"], self.mistakes).only(self.repeated["only"])
        if self.repeated["only"]:
            raise ConfigurationError("--only chooses parts of a file; say --config FILE too")
        return None

    def said(self, name: str, environ: Mapping[str, str]) -> tuple[str | list[str] | None, str]:
        """Return what option or environment say under ``name``, if anything, and where it was said."""
        repeats = name in self.repeated
        given = self.repeated[name] if repeats else self[name]
        if given not in (None, []):
            return given, f"--{name}"
        variable = f"EXCHANGE_{name.upper().replace('-', '_')}"
        text = environ.get(variable) or None
        return text.split() if text and repeats else text, variable

    def changes(self, environ: Mapping[str, str], *names: str) -> Changes:
        """Return what options and environment say instead of a file, for the keys ``names``."""
        said = {name.replace("-", "_"): self.said(name, environ) for name in names}
        return {field: (value, label) for field, (value, label) in said.items() if value is not None}

    def terminal(self) -> Terminal:
        """Return the terminal that is told if the process cannot start."""
        twistd = self.parent
        shows_log = twistd is not None and twistd["nodaemon"] and twistd["logfile"] in (None, "-")
        return Terminal(shows_log=bool(shows_log), twistd=twistd)

    def links(self, site: Site, environ: Mapping[str, str]) -> HubTable:
        """Return group, heartbeat, dead-after, drain-time and blocked-after for this process."""
        return changed_table(site.hub or HubTable(), self.changes(environ, *LINK_KEYS))

    def logging(self, site: Site, environ: Mapping[str, str]) -> LoggingTable:
        """Return what this process writes to its log."""
        said = {name: self.said(f"log-{name}", environ) for name in ("format", "level")}
        changes = {name: (value, label) for name, (value, label) in said.items() if value is not None}
        return changed_table(site.logging, changes)

    def _leave_no_pidfile(self) -> None:
        # In the foreground nobody needs the file, and several commands may run in one folder.
        twistd = self.parent
        if twistd is not None and twistd["nodaemon"] and twistd["pidfile"] == TWISTD_PIDFILE:
            twistd["pidfile"] = ""


def dialling_parameters(before: str = "") -> list[list[Any]]:
    """Return the parameters for how hubs are dialled with TLS."""
    return [
        [
            f"{before}certificate",
            None,
            None,
            "A file with the certificate that hubs are shown, in PEM. [default: none]",
        ],
        [f"{before}key", None, None, "A file with its key. [default: none]"],
        [f"{before}authority", None, None, "A file with whom to believe that it is the hub; TLS. [default: no TLS]"],
    ]


class PeerOptions(CommandOptions):
    """Options of a command that connects to a hub."""

    optParameters: ClassVar[list[list[Any]]] = [
        ["credentials", None, None, "A file with what hubs are shown that ask who this is. [default: nothing]"],
    ]

    def __init__(self) -> None:
        super().__init__()
        self.repeated["hub"] = []

    def opt_hub(self, endpoint: str) -> None:
        """A hub, as tcp:HOST:PORT or HOST:PORT. Of several, one that is up. [default: tcp:localhost:11111]"""
        self.repeated["hub"].append(endpoint)

    opt_H = opt_hub

    def hubs(self, reactor: Any, environ: Mapping[str, str]) -> tuple[str, ...]:
        """Return the endpoints that option or environment ask to dial; none if they do not."""
        given, label = self.said("hub", environ)
        return hubs_to_dial(reactor, given or [], label)

    def shown(self, environ: Mapping[str, str]) -> CredentialsFile | None:
        """Return what option or environment say that hubs are to be shown."""
        given, label = self.said("credentials", environ)
        return CredentialsFile(given, label) if isinstance(given, str) else None
