"""A service end point: one service, chosen once, whose methods are called like those of an object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exchange.netsvc.binding import Binding

MakeCall = Callable[[Binding | None, str, tuple[Any, ...]], str]


class ServiceEndPoint:
    """What `Service.serviceEndPoint` returns. It is false, and equal to ``None``, if no service was found.

    ``end_point.multiply(6, 7)`` calls the method ``multiply``, and ``end_point.a.b()``
    the method ``a.b``. A call returns the id of the conversation at once.
    """

    def __init__(self, make_call: MakeCall, binding: Binding | None, method: str = "") -> None:
        self.__make_call = make_call
        self.__binding = binding
        self.__method = method

    def __getattr__(self, name: str) -> ServiceEndPoint:
        if name.startswith("__"):
            raise AttributeError(f"{self!r} has no attribute '{name}'; names with '__' are not turned into calls")
        method = f"{self.__method}.{name}" if self.__method else name
        return ServiceEndPoint(self.__make_call, self.__binding, method)

    def __call__(self, *params: Any) -> str:
        """Call the method, and return the id of the conversation.

        Raises:
            ServiceUnavailable: No service was found.
            ServiceFailure: The arguments cannot be sent.
        """
        if not self.__method:
            raise TypeError(f"{self!r} is a service, not a method: write .name_of_method(...)")
        return self.__make_call(self.__binding, self.__method, params)

    def __bool__(self) -> bool:
        return self.__binding is not None

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ServiceEndPoint):
            return (self.__binding, self.__method) == (other.__binding, other.__method)
        return other is None and self.__binding is None

    def __hash__(self) -> int:
        return hash((self.__binding, self.__method))

    def __repr__(self) -> str:
        return f"<end point {'.'.join([self.__binding.serviceName() if self.__binding else 'None', self.__method])}>"
