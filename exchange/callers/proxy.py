"""A proxy for callers from other worlds: the same names, and a call that ends in each world's own way."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred

Finish = Callable[[Callable[[], Deferred[Any]]], Any]


class ForeignProxy:
    """Stands for a service: ``math.multiply(6, 7)`` calls its method ``multiply``.

    Args:
        inner: What ``exchange.Exchange.service`` returned, or an attribute of it.
        finish: Begins a call, and waits for it or returns what can be awaited.
    """

    def __init__(self, inner: Any, finish: Finish) -> None:
        self._inner = inner
        self._finish = finish

    def __getattr__(self, name: str) -> ForeignProxy:
        return ForeignProxy(getattr(self._inner, name), self._finish)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the method; every argument is the method's."""
        return self._finish(partial(self._inner, *args, **kwargs))

    def __repr__(self) -> str:
        return repr(self._inner)
