"""An export is a function that others may call, and what arguments it takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from exchange.errors import BadArguments
from exchange.services.annotations import hints_of
from exchange.services.fitting import Fitting
from exchange.services.rebuilding import Rebuilding, rebuilding_of
from exchange.services.shapes import Misfit
from exchange.services.throttle import Throttle, joined
from exchange.wire.telling import text_of

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_ANY_NUMBER = 1 << 30


class ExportOptions(NamedTuple):
    """How a method is called.

    Attributes:
        check: Whether arguments that do not fit the annotations are refused.
        limit: How many calls run at once, at most; ``None`` is any number.
        thread: Whether it runs in the thread pool.
        idempotent: Whether to call it twice does no more than to call it once.
    """

    check: bool = False
    limit: int | None = None
    thread: bool = False
    idempotent: bool = False


USUAL = ExportOptions()


class Export:
    """One exported function.

    The common case, positional arguments only and the right number of them, is
    decided by two comparisons; the signature is bound only to say what was wrong.

    Args:
        owner: The name of its service, for those who read what was wrong.
        throttle: That of its service.

    Raises:
        ValueError: Its arguments are to be checked, and an annotation cannot be.
    """

    __slots__ = (
        "_fitting",
        "_least",
        "_most",
        "_owner",
        "_signature",
        "function",
        "is_threaded",
        "name",
        "options",
        "throttle",
    )

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        options: ExportOptions = USUAL,
        owner: str = "",
        throttle: Throttle | None = None,
    ) -> None:
        self.name = name
        self.function = function
        self.options = options
        self.is_threaded = options.thread
        own = None if options.limit is None else Throttle(options.limit)
        self.throttle = joined(own, throttle)
        self._owner = owner
        try:
            self._signature: inspect.Signature | None = inspect.signature(function)
        except (TypeError, ValueError):
            self._signature = None
        self._least, self._most = _range_of(self._signature)
        self._fitting: Fitting | Rebuilding | None = (
            self._make_fitting() if options.check else rebuilding_of(function, self._signature)
        )

    @property
    def signature(self) -> inspect.Signature | None:
        """What it takes and gives; ``None`` if Python cannot tell."""
        return self._signature

    @property
    def hints(self) -> dict[str, Any]:
        """Its annotations; those written as text are resolved where they can be."""
        return hints_of(self.function)

    def fit(self, args: list[Any], kwargs: dict[str, Any]) -> tuple[Sequence[Any], dict[str, Any]]:
        """Return the arguments to call it with.

        Raises:
            BadArguments: It cannot be called with these.
        """
        if kwargs or not self._least <= len(args) <= self._most:
            self.check(args, kwargs)
        if self._fitting is None:
            return args, kwargs
        try:
            return self._fitting.fit(args, kwargs)
        except Misfit as misfit:
            raise BadArguments(f"{self._title}: {misfit}", delivered=False) from None

    def check(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Make sure that it can be called with these arguments.

        Raises:
            BadArguments: It cannot; the description says what was expected.
        """
        if not kwargs and self._least <= len(args) <= self._most:
            return
        if self._signature is None:
            return
        try:
            self._signature.bind(*args, **kwargs)
        except TypeError as error:
            raise BadArguments(self._expectation(args, kwargs, error), delivered=False) from None

    @property
    def _title(self) -> str:
        return f"{self._owner}.{self.name}" if self._owner else self.name

    def _make_fitting(self) -> Fitting:
        try:
            if self._signature is None:
                raise ValueError("Python cannot tell what it takes")
            return Fitting(self._signature, self.hints)
        except ValueError as error:
            raise ValueError(f"the arguments of {self._title} cannot be checked: {error}") from None

    def _expectation(self, args: Sequence[Any], kwargs: Mapping[str, Any], error: TypeError) -> str:
        taken = f"{self.name}{_readable(self._signature)}"
        if kwargs or self._least > self._most:
            return f"{taken} does not take these arguments: {error}"
        return f"{taken} takes {_counted(self._least, self._most)}, {len(args)} came"


class Words(str):
    """An annotation that was written as text, as all are in a module that imports them from the future."""

    __slots__ = ()
    __repr__ = str.__str__


def _readable(signature: inspect.Signature | None) -> str:
    """Return how arguments are given, as people write it: without quotes, and without what comes back."""
    if signature is None:
        return ""
    parameters = [
        each.replace(annotation=Words(each.annotation)) if isinstance(each.annotation, str) else each
        for each in signature.parameters.values()
    ]
    return text_of(signature.replace(parameters=parameters, return_annotation=signature.empty), "(...)")


def _range_of(signature: inspect.Signature | None) -> tuple[int, int]:
    """Return how few and how many positional arguments suffice; an empty range if none do."""
    if signature is None:
        return 0, _ANY_NUMBER
    least = most = 0
    for parameter in signature.parameters.values():
        if parameter.kind in _POSITIONAL:
            most += 1
            least += parameter.default is parameter.empty
        elif parameter.kind is parameter.VAR_POSITIONAL:
            most = _ANY_NUMBER
        elif parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty:
            return 1, 0
    return least, most


def _counted(least: int, most: int) -> str:
    if least == most:
        return "1 argument" if most == 1 else f"{most} arguments"
    if most >= _ANY_NUMBER:
        return "1 argument or more" if least == 1 else f"{least} arguments or more"
    return f"{least} to {most} arguments"
