"""A service is a named object with methods that others may call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

from exchange.services.export import Export

if TYPE_CHECKING:
    from exchange.services.exchange import Exchange

F = TypeVar("F", bound=Callable[..., Any])

_MARK = "_exchange_method_name"


@overload
def method(function: F) -> F: ...


@overload
def method(*, name: str | None = None) -> Callable[[F], F]: ...


def method(function: F | None = None, *, name: str | None = None) -> F | Callable[[F], F]:
    """Export a function of a `Service`: others may call it, by its own name or by ``name``.

    It may return a value, return a Deferred, or be a coroutine function. A coroutine
    and a Deferred are cancelled when the caller gives up.
    """

    def mark(function: F) -> F:
        inner = function.__func__ if isinstance(function, staticmethod | classmethod) else function
        setattr(inner, _MARK, name or function.__name__)
        return function

    return mark(function) if function is not None else mark


class Service:
    """What one process offers to all others under a name.

    Subclass it, mark methods with `method`, and give an instance to `Exchange.add`.
    Several services may bear one name, in one process or in many.

    Attributes:
        name: What callers call it. With the empty name it can call, but is not found.
        groups: The service groups that it is in when it is added.
        audience: How far it is known: ``"*"`` everywhere, empty in this process only,
            else in the exchange group of that name.
        hidden: Whether nobody may find it; it can call all the same.
    """

    name: str = ""
    groups: Sequence[str] = ()
    audience: str = "*"
    hidden: bool = False

    _exchanges: tuple[Exchange, ...] = ()
    _exports: dict[str, Export] | None = None

    def __init_subclass__(cls) -> None:
        """Refuse methods for others that would hide what every service has.

        Raises:
            TypeError: There is one.
        """
        super().__init_subclass__()
        for attribute in vars(cls):
            if hasattr(Service, attribute) and _exported_name(cls, attribute) is not None:
                mend = f"name it otherwise and write @method(name='{attribute}')"
                raise TypeError(f"{cls.__name__}.{attribute} would hide what every service has under this name; {mend}")

    @property
    def exchange(self) -> Exchange:
        """The exchange that it was added to; the first, if to several.

        Raises:
            RuntimeError: It was added to none.
        """
        if not self._exchanges:
            raise RuntimeError(f"service '{self.name}' was not added to an exchange; call exchange.add(service) first")
        return self._exchanges[0]

    @property
    def exports(self) -> dict[str, Export]:
        """The methods that others may call, by the names under which they may.

        Raises:
            ValueError: The class exports two methods under one name.
        """
        if self._exports is None:
            self._exports = self._marked()
        return self._exports

    def export(self, function: Callable[..., Any], name: str | None = None) -> None:
        """Let others call ``function``, under its own name or under ``name``; the last of one name counts.

        Raises:
            TypeError: It cannot be called, or has no name of its own and none was given.
        """
        exported_name = name or getattr(function, "__name__", None)
        if not callable(function) or not isinstance(exported_name, str):
            raise TypeError(f"{function!r} cannot be exported: it must be callable and have a name")
        self.exports[exported_name] = Export(exported_name, function)

    def unexported(self, name: str) -> Callable[..., Any] | None:
        """Return what runs when ``name`` is called, which is not exported; ``None``, as here, refuses the call."""
        return None

    def join(self, group: str) -> None:
        """Join a service group, at any time; to join one twice is nothing new.

        Raises:
            ValueError: The name of the group cannot be one.
        """
        if group not in self.groups:
            self._regroup((*self.groups, group))

    def leave(self, group: str) -> None:
        """Leave a service group, at any time; to leave one that was not joined does nothing."""
        if group in self.groups:
            self._regroup(tuple(other for other in self.groups if other != group))

    def _marked(self) -> dict[str, Export]:
        """Return the methods that the class exports."""
        marked: dict[str, Export] = {}
        homes: dict[str, str] = {}
        for attribute in dir(type(self)):
            name = _exported_name(type(self), attribute)
            function = getattr(self, attribute) if name is not None else None
            if name is None or not callable(function):
                continue
            if name in marked and marked[name].function != function:
                both = f"'{homes[name]}' and '{attribute}'"
                raise ValueError(f"service '{self.name}' has two methods under the name '{name}': {both}")
            marked[name], homes[name] = Export(name, function), attribute
        return marked

    def _regroup(self, groups: tuple[str, ...]) -> None:
        before, self.groups = self.groups, groups
        try:
            for exchange in self._exchanges:
                exchange.announce(self)
        except ValueError:
            self.groups = before
            raise


def _exported_name(kind: type, attribute: str) -> str | None:
    """Return the name under which an attribute is exported, by the nearest class that says so.

    A method that a subclass writes anew stays exported; one that it sets to ``None`` does not.
    """
    for base in kind.__mro__:
        function = vars(base).get(attribute)
        name: str | None = getattr(getattr(function, "__func__", function), _MARK, None)
        if name is not None:
            return name
    return None
