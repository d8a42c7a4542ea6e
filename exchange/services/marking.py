"""Marks say which methods of a class others may call, and how; a mark is noted on the function itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, overload

from exchange.services.export import Export, ExportOptions
from exchange.services.throttle import Throttle
from exchange.wire.layouts import is_name

F = TypeVar("F", bound=Callable[..., Any])

_MARK = "_exchange_method"


class Mark(NamedTuple):
    """What `method` notes on a function: how it is exported."""

    name: str
    options: ExportOptions


@overload
def method(function: F) -> F: ...


@overload
def method(
    *,
    name: str | None = None,
    check: bool = False,
    limit: int | None = None,
    thread: bool = False,
    idempotent: bool = False,
) -> Callable[[F], F]: ...


def method(
    function: F | None = None,
    *,
    name: str | None = None,
    check: bool = False,
    limit: int | None = None,
    thread: bool = False,
    idempotent: bool = False,
) -> F | Callable[[F], F]:
    """Export a function of a `Service`: others may call it, by its own name or by ``name``.

    It may return a value, return a Deferred, or be a coroutine function. A coroutine
    and a Deferred are cancelled when the caller gives up.

    Args:
        check: Refuse arguments that do not fit its annotations, before it starts.
        limit: How many calls run at once, at most; others wait for their turn.
        thread: Run it in the thread pool, for functions that block; coroutine functions do not.
        idempotent: To call it twice does no more than to call it once, so that a call
            may be made again when it is unknown whether it was delivered.

    Raises:
        ValueError: The name cannot be one.
        TypeError: A coroutine function cannot run in the thread pool.
    """

    def mark(function: F) -> F:
        inner = function.__func__ if isinstance(function, staticmethod | classmethod) else function
        exported_name = checked_name(name or function.__name__)
        check_thread(inner, exported_name, thread)
        setattr(inner, _MARK, Mark(exported_name, ExportOptions(check, limit, thread, idempotent)))
        return function

    return mark(function) if function is not None else mark


def marked(service: Any, owner: str, throttle: Throttle | None = None) -> dict[str, Export]:
    """Return the marked methods of a service, by the names under which others may call them.

    Args:
        owner: The name of the service, for those who read what was wrong.
        throttle: That of the service.

    Raises:
        ValueError: Two of them have one name, or an annotation that is to be checked cannot be.
    """
    found: dict[str, Export] = {}
    homes: dict[str, str] = {}
    for attribute in dir(type(service)):
        mark = mark_of(type(service), attribute)
        function = getattr(service, attribute) if mark is not None else None
        if mark is None or not callable(function):
            continue
        name = mark.name
        if name in found and found[name].function != function:
            both = f"'{homes[name]}' and '{attribute}'"
            raise ValueError(f"service '{owner}' has two methods under the name '{name}': {both}")
        found[name], homes[name] = Export(name, function, mark.options, owner, throttle), attribute
    return found


def mark_of(kind: type, attribute: str) -> Mark | None:
    """Return how an attribute is exported, by the nearest class that says so.

    A method that a subclass writes anew stays exported; one that it sets to ``None`` does not.
    """
    for base in kind.__mro__:
        function = vars(base).get(attribute)
        mark: Mark | None = getattr(getattr(function, "__func__", function), _MARK, None)
        if mark is not None:
            return mark
    return None


def check_thread(function: Callable[..., Any], name: str, thread: bool) -> None:
    """Make sure that a function which is to run in the thread pool can.

    Raises:
        TypeError: It is a coroutine function, which would be made there and run nowhere.
    """
    if thread and (inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)):
        mend = "write it with 'def' to have it run in the thread pool, or leave out thread=True"
        raise TypeError(f"method '{name}' is a coroutine function, which must not run in a thread: {mend}")


def checked_name(name: str) -> str:
    """Return ``name`` if it can name a method; else raise `ValueError`."""
    if not is_name(name):
        rule = "it must be text of at most 255 bytes without control characters, and not begin with '$'"
        raise ValueError(f"{name!r} cannot name a method: {rule}")
    return name
