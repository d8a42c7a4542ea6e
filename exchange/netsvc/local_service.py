"""Calls within one process that are done before they return."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from exchange import CallError, RemoteError
from exchange.netsvc.failures import ServiceFailure, failure_of, no_service
from exchange.netsvc.offer import Offer
from exchange.netsvc.process import Process, current
from exchange.netsvc.request import Request


class LocalService:
    """A service of this process, the oldest of its name, whatever its audience and visibility.

    It is false, and equal to ``None``, as long as there is none. ``local.multiply(6, 7)`` returns
    what the method returns.

    Args:
        name: The name of the service.
    """

    def __init__(self, name: str) -> None:
        self.__process = current()
        self.__name = name

    def __getattr__(self, name: str) -> LocalMethod:
        if name.startswith("__"):
            raise AttributeError(f"names with '__' are not turned into calls: '{name}'")
        return LocalMethod(self.__process, self.__name, name)

    def __bool__(self) -> bool:
        return _find(self.__process, self.__name) is not None

    def __eq__(self, other: object) -> bool:
        return not self if other is None else self is other

    def __hash__(self) -> int:
        return id(self)


class LocalMethod:
    """A method of a service of this process, that is called at once."""

    log = Logger()

    def __init__(self, process: Process, service: str, method: str) -> None:
        self.__process = process
        self.__service = service
        self.__method = method

    def __getattr__(self, name: str) -> LocalMethod:
        return LocalMethod(self.__process, self.__service, f"{self.__method}.{name}")

    def __call__(self, *params: Any) -> Any:
        """Call the method, and return its result.

        Raises:
            ServiceUnavailable: There is no such service here.
            ServiceFailure: What the method raised, or why it was not called.
            RuntimeError: Its answer would come later.
        """
        offer = _find(self.__process, self.__service)
        if offer is None:
            raise no_service(self.__service)
        request = Request(self.__process.next_conversation(), self.__method, params)
        try:
            result = offer.run(request, lambda: offer.execute(self.__method, params))
        except ServiceFailure:
            raise
        except Exception as error:
            raise self.__failure(error) from error
        if isinstance(result, Deferred):
            result.addErrback(lambda _: None)
            raise RuntimeError(f"'{self.__method}' answers later, so it cannot be called by LocalService")
        return result

    def __failure(self, error: Exception) -> ServiceFailure:
        if not isinstance(error, CallError):
            self.log.failure("a method raised")
            error = RemoteError(f"{type(error).__name__}: {error}")
        return failure_of(error)


def _find(process: Process, name: str) -> Offer | None:
    return next((each for each in process.services(name) if isinstance(each, Offer)), None)
