"""Notifying: tells systemd that all of it serves, that it reloads or stops, and that it is alive.

It says nothing unless the environment names a socket to say it to, which systemd does for
units of ``Type=notify``. Signs of life come from the reactor: if that is blocked, there are none.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from typing import Any

from twisted.application.service import Service
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

LONGEST_STATUS = 2_000
MICROSECONDS = 1_000_000


class Notifying(Service):
    """A Twisted service that tells systemd how the process is.

    Args:
        environ: Names the socket, and how often a sign of life is wanted.
    """

    log = Logger()

    def __init__(self, reactor: Any, environ: Mapping[str, str]) -> None:
        self._place = environ.get("NOTIFY_SOCKET", "")
        self._status = ""
        self._has_failed = False
        self._reactor = reactor
        self._patience = environ.get("WATCHDOG_USEC", "")
        self._watched = environ.get("WATCHDOG_PID", "")
        self._living = LoopingCall(self._tell, "WATCHDOG=1")
        self._living.clock = reactor

    def startService(self) -> None:
        """Begin to give signs of life, twice as often as they are wanted, if they are."""
        super().startService()
        if not self._place:
            return
        self._reactor.addSystemEventTrigger("before", "shutdown", self._stopping)
        is_meant = self._watched in ("", str(os.getpid()))
        if is_meant and self._patience.isdigit() and int(self._patience) > 0:
            self._living.start(int(self._patience) / MICROSECONDS / 2)

    def ready(self, line: str) -> str:
        """All of it serves; return the ``line`` that says so."""
        self._status = " ".join(line.split())[:LONGEST_STATUS]
        self._tell("READY=1", f"STATUS={self._status}", f"MAINPID={os.getpid()}")
        return line

    def reloading(self) -> None:
        """The configuration is being read again."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1_000}", "STATUS=reading its configuration")

    def reloaded(self, told: str) -> None:
        """It was read again; ``told`` is what came of it, for people."""
        self._tell("READY=1", f"STATUS={self._status}; {told}"[:LONGEST_STATUS])

    def _stopping(self) -> None:
        """The process ends, which may take a while; signs of life go on."""
        self._tell("STOPPING=1", "STATUS=leaving in good order")

    def _tell(self, *assignments: str) -> None:
        if not self._place:
            return
        place = f"\0{self._place[1:]}" if self._place.startswith("@") else self._place
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as told:
                told.setblocking(False)
                told.sendto("\n".join(assignments).encode(), place)
        except OSError as error:
            if not self._has_failed:
                self._has_failed = True
                self.log.warn("systemd cannot be told at {place}: {why}", place=self._place, why=error.strerror)
