"""A proxy: the methods of a far service, written like those of an object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

MakeCall = Callable[[str, tuple[Any, ...], dict[str, Any]], Deferred[Any]]


class Proxy:
    """Stands for a service: ``math.multiply(6, 7)`` calls its method ``multiply``.

    An attribute of an attribute is a method with a dotted name. Attributes that begin
    with an underscore are not turned into calls; ``math["_any name"](6)`` is a call whatever
    the name is.
    """

    def __init__(self, make_call: MakeCall, what: str, method: str = "") -> None:
        self._make_call = make_call
        self._what = what
        self._method = method

    def __getattr__(self, name: str) -> Proxy:
        if name.startswith("_"):
            raise AttributeError(f"{self!r} has no attribute '{name}'; names with '_' are not turned into calls")
        return Proxy(self._make_call, self._what, f"{self._method}.{name}" if self._method else name)

    def __getitem__(self, method: str) -> Proxy:
        """Return the method of this very name, which need not be one that Python could write."""
        return Proxy(self._make_call, self._what, method)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Deferred[Any]:
        """Call the method; every argument is the method's."""
        if not self._method:
            raise TypeError(f"{self!r} is a service, not a method: write .name_of_method(...)")
        return self._make_call(self._method, args, kwargs)

    def __repr__(self) -> str:
        return f"<{'method' if self._method else 'service'} {'.'.join(filter(None, [self._what, self._method]))}>"
