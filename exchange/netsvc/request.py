"""A request: a call of a method of ours, until it is answered, by whatever comes first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.defer import Deferred

from exchange import CurrentCall
from exchange.netsvc.binding import Binding
from exchange.netsvc.failures import ServiceFailure

REMOTE_USER = "REMOTE_USER"

AddressOf = Callable[[bytes], str]


class DelayedResponse(BaseException):
    """Leaves a method without an answer; one is given later.

    It is no `Exception`, so that a method which catches those lets it through.
    """


class Request:
    """A request. It may be kept, and answered after its method has ended.

    Args:
        conversation: The id under which this process knows it.
        address_of: Tells the address of a service by its id.
        call: What came; ``None`` for a call that `LocalService` makes.

    Attributes:
        answer: Fires when it is answered; is cancelled when nobody waits any more.
    """

    def __init__(
        self,
        conversation: str,
        method: str,
        params: Sequence[Any],
        address_of: AddressOf = bytes.hex,
        call: CurrentCall | None = None,
    ) -> None:
        self.answer: Deferred[Any] = Deferred()
        self._conversation = conversation
        self._method = method
        self._params = params
        self._address_of = address_of
        self._call = call

    @property
    def trace(self) -> dict[str, str]:
        """To which trace it belongs, for calls that its method makes."""
        return {} if self._call is None else self._call.trace

    @property
    def is_local(self) -> bool:
        """Whether it was made by `LocalService`."""
        return self._call is None

    def sender(self) -> str:
        """Return the address of the service that calls; empty if it is no service.

        That can be watched with `Monitor.subscribeServiceAddress` if the service has a name.
        """
        instance = self._call.instance if self._call else None
        return self._address_of(instance) if instance else ""

    def conversationId(self) -> str:
        """Return the id under which this process knows the request."""
        return self._conversation

    def sequenceNumber(self) -> int:
        """Return its place in the conversation: 0."""
        return 0

    def methodName(self) -> str:
        """Return the name under which the method was called."""
        return self._method

    def content(self) -> list[Any]:
        """Return the arguments."""
        return list(self._params)

    def properties(self) -> dict[str, Any]:
        """Return what a gateway says of its caller: ``REMOTE_ADDR``, and ``REMOTE_USER`` if there is one.

        Believe it as far as you believe the gateway: whoever calls may say anything.
        """
        if self._call is None:
            return {}
        user = self._call.user
        return {**self._call.properties, **({REMOTE_USER: user} if user is not None else {})}

    def sendResponse(self, content: Any = None) -> None:
        """Answer it; what was answered, or is waited for no more, is not answered again."""
        if not self.answer.called:
            self.answer.callback(content)

    def sendFailure(self, error: int, description: str = "", origin: str = "", context: str = "") -> None:
        """Answer it by a failure, else as `sendResponse`."""
        if not self.answer.called:
            self.answer.errback(ServiceFailure(error, description, origin, context))

    def bounceRequest(self, binding: Binding, methodName: str | None = None) -> None:
        """Let another service answer it, with the same arguments and what is left of the time.

        The method should end with `Service.delayResponse`.

        Args:
            methodName: The name there; left out, the name here.

        Raises:
            RuntimeError: It was made by `LocalService`.
        """
        if self._call is None:
            raise RuntimeError("a local call cannot be passed on")
        passed_on = binding.through.forward(self._call, binding.instance.id, methodName)
        passed_on.addBoth(self.settle)

    def settle(self, outcome: Any) -> None:
        """Answer it by what came of it, a `Failure` too, unless it was answered."""
        if not self.answer.called:
            self.answer.callback(outcome)
