"""What all gateways of netsvc have in common: who asks, for which service, and what is refused."""

from __future__ import annotations

from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from twisted.web.resource import Resource
from twisted.web.server import Request

from exchange import CallError, Exchange
from exchange.gateways.descriptions import Descriptions
from exchange.gateways.face import BUSY
from exchange.gateways.jsonrpc_errors import Told
from exchange.gateways.origins import Origins
from exchange.gateways.refusals import MAX_BODY, XML, Media, Refusal, refusal_of, service_name
from exchange.gateways.terms import TIMEOUT, Settings
from exchange.gateways.visit import Outstanding, Visit
from exchange.netsvc.binding import Binding
from exchange.netsvc.failures import failure_of
from exchange.netsvc.guarded import Guarded
from exchange.netsvc.login import challenge, login_of
from exchange.netsvc.process import current
from exchange.netsvc.selection import SERVICE_GROUP, Selection

ANYTHING = Media((), "")
"""Whatever the content type."""


def told_of(error: CallError) -> Told:
    """Return the four things that a program of netsvc is told of a call that failed."""
    failure = failure_of(error)
    return Told(failure.error, failure.description, failure.origin, failure.details)


class Gateway(Guarded, Resource):
    """Shows services on the web; attach it to an `HttpDaemon`. Subclasses speak a protocol.

    What follows the path at which it is attached is the name of a service, taken whole.
    It serves at once: a service that is not known is 404, or 503 while an exchange of this
    process has no link to its server. Pages of other web sites are refused.

    Args:
        selection: A service group, or what ``type`` says; see `exchange.netsvc.selection`.
        type: ``SERVICE_GROUP``, ``SERVICE_REGISTRY``, ``SERVICE_NAME`` or ``SERVICE_ADDRESS``.
        timeout: Seconds for an answer; ``None`` waits as long as the service lives.
    """

    isLeaf = True
    refuses_too_large = True
    media: ClassVar[Media] = XML

    def __init__(self, selection: str, type: int = SERVICE_GROUP, timeout: float | None = TIMEOUT) -> None:
        super().__init__()
        self._selection = Selection(selection, type)
        self.settings = Settings(timeout=timeout, errors="full")
        self._outstanding = Outstanding(self.settings.max_calls)
        self._origins = Origins()
        self._descriptions: WeakKeyDictionary[Exchange, dict[float | None, Descriptions]] = WeakKeyDictionary()
        self._process = current()

    def authorise(self, login: str, password: str) -> bool:
        """Tell whether somebody may call, by what HTTP Basic says of them; for subclasses. An error is a no.

        Both are empty if they say nothing. Who may is asked again with each request.
        """
        return True

    def render(self, request: Request) -> Any:
        """Answer a request, or refuse it."""
        answered = self._origins.answered(request)
        if answered is not None:
            return answered
        login = login_of(request)
        if login is None or not self._process.loop.guard(self, self.authorise, *login):
            return challenge(request)
        binding = self._selection.find(service_name(request))
        refusal = self.refusal_of(request, binding is not None)
        if refusal is None and self._outstanding.is_full(request.channel):
            refusal = BUSY
        if refusal is not None or binding is None:
            return refusal.send(request) if refusal is not None else b""
        user = login[0] if type(self).authorise is not Gateway.authorise else None
        to = binding.instance.id
        visit = Visit(binding.through, request, to, user, self.settings, self._outstanding)
        return self.answer(request, visit, binding)

    def answer(self, request: Request, visit: Visit, binding: Binding) -> Any:
        """Answer a request that was not refused.

        Args:
            visit: Makes the calls; the service sees where the request came from, and who was let in.
            binding: The service.
        """
        raise NotImplementedError

    def refusal_of(self, request: Request, is_shown: bool) -> Refusal | None:
        """Return why a request is refused, whoever asks."""
        return refusal_of(request, is_shown, MAX_BODY, is_current=self._process.is_current, media=self.media)

    def descriptions_of(self, binding: Binding, patience: float | None) -> Descriptions:
        """Return what remembers what services offer, of the exchange by which one is reached.

        Args:
            patience: Seconds for a service to tell.
        """
        made = self._descriptions.setdefault(binding.through, {})
        if patience not in made:
            made[patience] = Descriptions(binding.through, timeout=patience)
        return made[patience]
