"""Finds the instance that somebody means who writes its readable id, or how that begins."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.errors import ConfigurationError, ServiceUnavailable
from exchange.services.presence import Presence
from exchange.wire.identities import readable

MOST_NAMED = 5


def instance_of(instances: Iterable[Presence], service: str, text: str) -> Presence:
    """Return the one instance whose id is ``text``, or begins with it.

    Args:
        instances: Those of the service.

    Raises:
        ServiceUnavailable: There is none.
        ConfigurationError: There are several.
    """
    known = {readable(each.id): each for each in instances} | {each.id.hex(): each for each in instances}
    if text in known:
        return known[text]
    found = {each.id: each for name, each in known.items() if name.startswith(text)}
    if not found:
        names = sorted(readable(each.id) for each in set(known.values()))
        others = f"; its instances are {', '.join(names[:MOST_NAMED])}" if names else ""
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        raise ServiceUnavailable(f"service '{service}' has no instance '{text}'{others}{more}", delivered=False)
    if len(found) > 1:
        names = sorted(readable(thing) for thing in found)
        raise ConfigurationError(f"'{text}' may be {' or '.join(names[:MOST_NAMED])}; write more of it")
    return next(iter(found.values()))
