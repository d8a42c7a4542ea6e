"""Every exception of `exchange`, and the numbers by which failures are known.

::

    ExchangeError
        ProtocolError               the bytes were wrong
            LocalProtocolError          we were about to send something illegal: our bug
            RemoteProtocolError         they sent it: the link ends with BYE
        LinkRefused                 BYE in place of WELCOME
        ConfigurationError          said at start, in the user's words
        CallError                   the call has no result
            ServiceUnavailable      46  nobody by that name
                WayGone             46  it was there when asked for
            ServiceWithdrawn        57  it left while it owed the answer
            LinkLost                48  our own link went while the answer was owed
            MethodUnavailable       55
            BadArguments            56
            CallTimeout             47
            CallRefused             51  not permitted
            Overloaded              41  its link or queue is full
            UnsuitableValue         42, 44, 52, 54   cannot be encoded or decoded, here or there
            RemoteError             57  the method raised

``except CallError`` is enough for a caller who only wants to know that there is
no result. ``delivered`` says what is certain of a call that failed: ``False``, the
method did not start and the call is safe to repeat; ``True``, it started; ``None``,
unknown. It is written by whoever makes the failure, never derived from its class.

The numbers are those that programs of netsvc know.
"""

from __future__ import annotations

from typing import ClassVar

WRITTEN_OUT = {code: repr(chr(code))[1:-1] for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}
"""For `str.translate`: control characters as Python writes them, but the tabulator and the end of a line."""


class ExchangeError(Exception):
    """The root of all that this package raises on purpose."""


class ProtocolError(ExchangeError):
    """What was sent, or was about to be sent, is not allowed by the wire specification."""

    def __init__(self, text: str, code: str = "protocol") -> None:
        super().__init__(text)
        self.text = text
        self.code = code


class LocalProtocolError(ProtocolError):
    """We were about to send something illegal: a fault of this program."""


class RemoteProtocolError(ProtocolError):
    """The far end sent something illegal: its link ends with BYE."""


class LinkRefused(ExchangeError):
    """The far end answered the greeting with BYE; ``code`` and ``text`` are its words."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{text} ({code})")
        self.code = code
        self.text = text


class ConfigurationError(ExchangeError):
    """Something that the user asked for cannot be; the text names it and the mend."""


class CallError(ExchangeError):
    """A call has no result.

    A method may raise it, or a subclass, to tell its caller something particular:
    number, description, origin and details arrive as they were given.

    Delivered: ``True`` if a method raised it.

    Args:
        description: Who did what, and what can be done.
        number: What kind of failure; 0 to 99 are taken by `exchange` itself.
        origin: Who says so; empty is `exchange` itself.
        details: More text, or empty.
        delivered: Whether the method started; ``None`` is unknown.
    """

    usual_number: ClassVar[int] = 50
    number: int = usual_number
    description: str = ""
    origin: str = ""
    details: str = ""
    delivered: bool | None = None
    received: bool = False
    """Whether it came back from a call, rather than being raised here on purpose."""
    offered: bytes = b""
    """The digest of what the instance offered that may have begun the call; empty if that is unknown."""

    def __init_subclass__(cls) -> None:
        """Have the usual number also where a subclass forgets to call our ``__init__``."""
        super().__init_subclass__()
        cls.number = cls.usual_number

    def __init__(
        self,
        description: str = "",
        *,
        number: int | None = None,
        origin: str = "",
        details: str = "",
        delivered: bool | None = None,
    ) -> None:
        super().__init__(description)
        self.description = description
        self.number = self.usual_number if number is None else number
        self.origin = origin
        self.details = details
        self.delivered = delivered

    def __str__(self) -> str:
        """Return the description, which may come from afar, so that it commands no terminal."""
        return (self.description or type(self).__name__).translate(WRITTEN_OUT)


class ServiceUnavailable(CallError):
    """Nobody offers what was asked for, or there is no link to ask over.

    Delivered: ``False``.
    """

    usual_number = 46


class WayGone(ServiceUnavailable):
    """The service was there when it was asked for, and went before the call reached it.

    Delivered: ``False``.
    """


class ServiceWithdrawn(CallError):
    """The service, or the link to it, went while it owed the answer.

    Delivered: ``True`` if it was withdrawn; ``None`` if its process, or the link to it, was lost.
    """

    usual_number = 57


class LinkLost(CallError):
    """Our own link went while the answer was owed.

    Delivered: ``None``.
    """

    usual_number = 48


class MethodUnavailable(CallError):
    """The service exports no such method.

    Delivered: ``False``.
    """

    usual_number = 55


class BadArguments(CallError):
    """The method does not take these arguments.

    Delivered: ``False``.
    """

    usual_number = 56


class CallTimeout(CallError):
    """No answer came in time.

    Delivered: ``None``; the service was told to stop.
    """

    usual_number = 47


class CallRefused(CallError):
    """The caller may not do this.

    Delivered: ``False`` if a policy says so, ``True`` if the method does.
    """

    usual_number = 51


class Overloaded(CallError):
    """Whoever could take the call has too much to do.

    Delivered: ``False``.
    """

    usual_number = 41


class UnsuitableValue(CallError):
    """A value cannot be encoded or decoded; the description has the path to it.

    Delivered: ``False`` of an argument (42, 54), ``True`` of a result (44, 52).
    """

    usual_number = CANNOT_ENCODE_REQUEST = 42
    CANNOT_DECODE_REPLY = 44
    CANNOT_ENCODE_REPLY = 52
    CANNOT_DECODE_REQUEST = 54


class RemoteError(CallError):
    """The method raised; the description has the type and the text of what it raised.

    Delivered: ``True``.
    """

    usual_number = 57


CALL_ERRORS: dict[str, type[CallError]] = {
    kind.__name__: kind
    for kind in (
        CallError,
        ServiceUnavailable,
        WayGone,
        ServiceWithdrawn,
        LinkLost,
        MethodUnavailable,
        BadArguments,
        CallTimeout,
        CallRefused,
        Overloaded,
        UnsuitableValue,
        RemoteError,
    )
}
"""Those that travel, by the name under which they do."""
