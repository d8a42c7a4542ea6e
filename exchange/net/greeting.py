"""The greeting: how our end of a link answers HELLO, CHALLENGE and WELCOME, until it is attached."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from exchange.errors import LocalProtocolError
from exchange.net.examination import Newcomer, Proving, Unproved
from exchange.net.examining import Examining
from exchange.net.joining import Joining
from exchange.net.links import Links
from exchange.net.surroundings import certificate_name_of, is_private
from exchange.wire.dialogue import Dialogue
from exchange.wire.terms import OPEN_MECHANISM

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol

SECRET = "the token or password that it should"
MEND = "is this the right hub?"
TLS = "use an endpoint of TLS"


class Greeting:
    """The greeting of one link.

    Args:
        attach: Attaches the link, once its greeting is over.
    """

    __slots__ = ("_attach", "_dialogue", "_examining", "_joining", "_link", "_links", "_proving")

    def __init__(self, link: LinkProtocol, dialogue: Dialogue, links: Links, attach: Callable[[], None]) -> None:
        self._link = link
        self._dialogue = dialogue
        self._links = links
        self._attach = attach
        self._examining: Examining | None = None  # of a far end that names a mechanism
        self._proving: Proving | None = None  # of ours
        self._joining: Joining | None = None  # of a link between two hubs, once both are known

    def go_on(self, spoke: bool) -> None:
        """Bytes came: answer what is to be answered.

        Args:
            spoke: Whether there was traffic among them, so that the greeting is over whatever followed.
        """
        if self._dialogue.awaits_answer:
            if self._joining is None:  # else it is being decided about
                self._answer()
        elif self._dialogue.awaits_proof:
            self._prove()
        elif self._dialogue.awaits_ready:
            self._check_hub()
            self._join()
        elif self._dialogue.is_open or spoke:
            self._check_hub()
            self._attach()

    def opened(self) -> None:
        """The link is about to be attached: an older one to the same hub goes first."""
        if self._joining:
            self._links.joins.opened(self._joining)

    def lost(self) -> None:
        """The link is detached: another takes its place only now that nothing of it is left."""
        if self._joining:
            self._links.joins.lost(self._joining)

    def _answer(self) -> None:
        if self._examining is not None:
            self._examining.go_on()
            return
        dialogue, known = self._dialogue, self._links.authenticators
        far = dialogue.far
        assert far is not None
        if far.mechanism == OPEN_MECHANISM and not known:
            self._admit(None)
        elif far.mechanism in known:
            transport = self._link.transport
            newcomer = Newcomer(far.identity, is_private(transport), certificate_name_of(transport))
            examination = known[far.mechanism].examine(newcomer)
            self._examining = Examining(self._link, dialogue, examination, self._links.doubts, self._admit)
            self._examining.begin()
        else:
            words = " or ".join(f"'{word}'" for word in known or (OPEN_MECHANISM,))
            mend = "; give credentials" if far.mechanism == OPEN_MECHANISM else ""
            dialogue.bye("mechanism", f"this hub knows the mechanism {words} only, not '{far.mechanism}'{mend}")

    def _admit(self, principal: str | None) -> None:
        """Let somebody in, as far as there is room, and as what it says it is."""
        dialogue, link = self._dialogue, self._link
        far = dialogue.far
        assert far is not None
        link.identity, link.attachment, link.principal = far.identity, far.attachment, principal
        refusal = self._links.refusal_of(link, principal, far)
        limit = self._links.admit(link) if refusal is None else None
        if refusal is not None:
            dialogue.bye(*refusal)
        elif limit is not None:
            dialogue.bye("limit", limit)
        elif far.is_hub:
            self._join(principal)
        else:
            dialogue.accept(principal, self._links.advertised)

    def _prove(self) -> None:
        """Answer a challenge with what our credentials say."""
        challenge, credentials = self._dialogue.take_told(), self._links.credentials
        if challenge is None or credentials is None:
            return
        if credentials.needs_privacy and not is_private(self._link.transport):
            self._dialogue.bye("mechanism", f"what would prove who I am could be read by others: {TLS}")
            return
        try:
            self._proving = self._proving or credentials.begin(self._dialogue.terms.identity)
            self._dialogue.prove(self._proving.answer(challenge))
        except Unproved as error:
            self._dialogue.bye("mechanism", f"{error}; {MEND}")

    def _check_hub(self) -> None:
        """Make sure that the hub, if we dialled one, did not let us in without having proved what it has to.

        Raises:
            LocalProtocolError: It did.
        """
        credentials = self._links.credentials
        if credentials is None or not self._dialogue.dialling:
            return
        if credentials.needs_privacy and not is_private(self._link.transport):
            raise LocalProtocolError(f"nobody has found out whether this is the right hub: {TLS}", "mechanism")
        self._proving = self._proving or credentials.begin(self._dialogue.terms.identity)
        if not self._proving.is_satisfied:
            raise LocalProtocolError(f"the hub has not proved that it knows {SECRET}; {MEND}", "mechanism")

    def _join(self, principal: str | None = None) -> None:
        """Let it be decided whether this link between two hubs goes on; nothing that comes meanwhile decides it."""
        if self._joining is None:
            self._joining = Joining(self._link, self._dialogue, self._links.joins, self._attach, principal)
            self._links.joins.came(self._joining)
