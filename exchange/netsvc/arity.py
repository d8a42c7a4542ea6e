"""Arity: how many arguments a callback takes decides what it is told."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from exchange.netsvc.binding import Binding
from exchange.netsvc.notices import Report
from exchange.netsvc.records import Failure, Response

Callback = Callable[..., Any]

ANY_NUMBER = 1 << 30
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def arity_of(callback: Callback) -> int:
    """Return how many arguments a callback takes, those with defaults included; 1 if Python cannot tell.

    One that takes any number is told as much as there is.
    """
    try:
        parameters = list(inspect.signature(callback).parameters.values())
    except (TypeError, ValueError):
        return 1
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return ANY_NUMBER
    return sum(parameter.kind in _POSITIONAL for parameter in parameters)


def with_one(callback: Callback, value: Any) -> tuple[Any, ...]:
    """Return the arguments of a callback that may take ``value``, or nothing."""
    return (value,) if arity_of(callback) else ()


def of_result(callback: Callback, response: Response) -> tuple[Any, ...]:
    """Return the arguments of a callback that is told of a result: it, or the id before it, or nothing."""
    whole = (response.conversationId(), response.content())
    return whole[max(0, 2 - arity_of(callback)) :]


def of_failure(callback: Callback, failure: Failure) -> tuple[Any, ...]:
    """Return the arguments of a callback that is told of failures only.

    It takes nothing; the id; error, description, origin and details; or the id before these four.
    """
    four = (failure.error(), failure.description(), failure.origin(), failure.details())
    forms: dict[int, tuple[Any, ...]] = {0: (), 1: (failure.conversationId(),), 4: four}
    return forms.get(arity_of(callback), (failure.conversationId(), *four))


def of_failure_as_result(callback: Callback, failure: Failure) -> tuple[Any, ...]:
    """Return the arguments of a callback that is told of results too: of a failure, ``None`` in place of the result."""
    forms: dict[int, tuple[Any, ...]] = {1: (None,), 2: (failure.conversationId(), None)}
    return forms.get(arity_of(callback)) or of_failure(callback, failure)


def of_report(callback: Callback, report: Report) -> tuple[Any, ...]:
    """Return the arguments of a callback that is told of a report: the content; before it the subject, the name."""
    whole = (report.publisher().serviceName(), report.subjectName(), report.content())
    return whole[max(0, 3 - arity_of(callback)) :]


def of_sighting(callback: Callback, binding: Binding, group: str | None, status: int) -> tuple[Any, ...]:
    """Return the arguments of a callback that is told of a service: it, the group unless it takes two, the status."""
    return (binding, status) if arity_of(callback) == 2 else (binding, group, status)


def of_tagged_sighting(
    callback: Callback, binding: Binding, group: str | None, status: int, tag: str
) -> tuple[Any, ...]:
    """Return the arguments of a callback that is told of one service: three, or four with the tag."""
    return (binding, group, status, tag)[: 3 if arity_of(callback) == 3 else 4]


def of_socket(callback: Callback, number: int, event: int) -> tuple[int, ...]:
    """Return the arguments of a callback that is told of a file: its number, and what happened, or less."""
    return (number, event)[: arity_of(callback)]


def of_shutdown(callback: Callback, category: int, description: str) -> tuple[Any, ...]:
    """Return the arguments of a callback that is told of the end: what stands, and why, or less."""
    return (category, description)[: arity_of(callback)]
