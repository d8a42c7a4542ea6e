"""Reloading: at SIGHUP the configuration is read again, and what can be changed while all of it runs is changed.

A file in which anything is wrong is refused whole. What was changed is told in the log, by
table and key, and what needs a restart. Where there is no file, SIGHUP does what it always does; so it
does when the terminal is gone that the process was started at.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, MutableMapping
from contextlib import chdir
from types import FrameType
from typing import Any

from twisted.logger import Logger

from exchange.app.config import Site
from exchange.app.differences import differences
from exchange.app.mistakes import lines_of
from exchange.app.notifying import Notifying
from exchange.app.plan import Plan
from exchange.app.renewing import Renewing
from exchange.errors import ConfigurationError

STANDARD = (0, 1, 2)
"""The descriptors that a terminal has, if there is one."""


class Reloading:
    """Reads the configuration of one process again.

    Args:
        site: What it said at the start.
        planned: Reads it, and returns the plan that comes of it.
        renewing: Puts what is new in place.
        notifying: Tells systemd of it.
        reloads: Are counted under ``ok`` and ``failed``.
    """

    log = Logger()

    def __init__(
        self,
        reactor: Any,
        site: Site,
        planned: Callable[[], Plan],
        renewing: Renewing,
        notifying: Notifying,
        reloads: MutableMapping[str, int],
    ) -> None:
        self._reactor = reactor
        self._started = self._now = site
        self._planned = planned
        self._renewing = renewing
        self._notifying = notifying
        self._reloads = reloads
        self._folder = os.getcwd()
        self._terminals: list[int] = []

    def heed_signal(self) -> None:
        """Reload at SIGHUP; call it when the reactor runs."""
        self._terminals = [each for each in STANDARD if os.isatty(each)]
        signal.signal(signal.SIGHUP, self.received)

    def received(self, number: int, frame: FrameType | None = None) -> None:
        """Take the signal: what it means is found out by the reactor."""
        self._reactor.callFromThread(self._heed)

    def _heed(self) -> None:
        if self._terminals and not any(os.isatty(each) for each in self._terminals):
            self.log.info("the terminal is gone; ending")
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            self.reload()

    def reload(self) -> bool:
        """Read the configuration, and take up what can be; return whether it was good."""
        self._notifying.reloading()
        try:
            with chdir(self._folder):
                plan = self._planned()
                step = self._renewing.prepared(plan)
            step()
        except ConfigurationError as error:
            return self._refuse(lines_of(error))
        except Exception:
            self.log.failure("reading the configuration raised something that nobody expected")
            return self._refuse([])
        return self._take_up(plan)

    def _take_up(self, plan: Plan) -> bool:
        site = plan.check.site if plan.check is not None else self._now
        renewed = [str(each) for each in differences(self._now, site) if each.is_renewed]
        waiting = [str(each) for each in differences(self._started, site) if not each.is_renewed]
        self._now = site
        self._reloads["ok"] += 1
        self.log.info("the configuration {file} was read again: {what}", file=site.file, what=_told(renewed))
        if waiting:
            self.log.warn("these changes need a restart: {what}", what=", ".join(waiting), differences=waiting)
        self._notifying.reloaded(f"reloaded{', and needs a restart' if waiting else ''}")
        return True

    def _refuse(self, lines: Any) -> bool:
        self._reloads["failed"] += 1
        for line in lines:
            self.log.error("{line}", line=line)
        text = "the configuration {file} was not taken up; what it said before goes on"
        self.log.error(text, file=self._now.file)
        self._notifying.reloaded("a reload was refused")
        return False


def _told(renewed: list[str]) -> str:
    return f"changed {', '.join(renewed)}" if renewed else "nothing has changed that could be taken up"
