"""The versions of SOAP, 1.1 and 1.2, and what the one calls otherwise than the other."""

from __future__ import annotations

from enum import Enum

from twisted.web import http


class Code(Enum):
    """Whose fault it is that there is no result, or what of the envelope was not taken."""

    CLIENT = "Client", "Sender"
    SERVER = "Server", "Receiver"
    MUST_UNDERSTAND = "MustUnderstand", "MustUnderstand"
    VERSION_MISMATCH = "VersionMismatch", "VersionMismatch"
    ENCODING_UNKNOWN = "Client", "DataEncodingUnknown"


class Version(Enum):
    """A version of SOAP; which one an envelope is of, its namespace says.

    Attributes:
        namespace: Of the envelope, and of all that is SOAP's own in it.
        media: The content type of its envelopes.
        role: The attribute that says whom an entry of the header is for.
        own_roles: What that attribute says when it is for us.
    """

    ONE = (
        "http://schemas.xmlsoap.org/soap/envelope/",
        "text/xml",
        "actor",
        ("", "http://schemas.xmlsoap.org/soap/actor/next"),
    )
    TWO = (
        "http://www.w3.org/2003/05/soap-envelope",
        "application/soap+xml",
        "role",
        (
            "",
            "http://www.w3.org/2003/05/soap-envelope/role/next",
            "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
        ),
    )

    def __init__(self, namespace: str, media: str, role: str, own_roles: tuple[str, ...]) -> None:
        self.namespace = namespace
        self.media = media
        self.role = role
        self.own_roles = own_roles

    @property
    def content_type(self) -> bytes:
        """What the head of an answer says of its body."""
        return f"{self.media}; charset=utf-8".encode()

    def tag(self, name: str) -> str:
        """Return a name of SOAP's own, as lxml writes it."""
        return f"{{{self.namespace}}}{name}"

    def code(self, code: Code) -> str:
        """Return what the version calls a code."""
        return code.value[self is Version.TWO]

    def status(self, code: Code) -> int:
        """Return the HTTP status of an answer that brings a fault; of 1.1 all are the same."""
        return http.BAD_REQUEST if self is Version.TWO and code is Code.CLIENT else http.INTERNAL_SERVER_ERROR


VERSIONS = {version.namespace: version for version in Version}


def version_meant(content_type: str) -> Version:
    """Return the version that a content type speaks of; what speaks of none is the older."""
    return Version.TWO if content_type.partition(";")[0].strip().lower() == Version.TWO.media else Version.ONE
