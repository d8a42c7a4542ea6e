"""Checkers: those of `twisted.cred` that say who somebody is by what they show, and what a gateway adds to them."""

from __future__ import annotations

from typing import Any

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.error import UnauthorizedLogin


class RefusedLogin(UnauthorizedLogin):
    """Whoever asks is not let in, and is told why: the text is for them."""


class IQuickChecker(ICredentialsChecker):
    """A checker that sometimes knows the answer at once."""

    def recall(credentials: Any) -> bytes | None:
        """Return who shows ``credentials`` if that is known without any work, else ``None``."""
