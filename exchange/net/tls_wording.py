"""How people are told why TLS came to nothing: in their words, with the mend, instead of those of OpenSSL."""

from __future__ import annotations

from typing import Any

from twisted.python.failure import Failure

ALERTS = {
    "unknown ca": "the far end does not know the authority of our certificate",
    "certificate expired": "our certificate has expired, says the far end: renew it",
    "certificate required": "the far end asks for a certificate and was shown none: give certificate and key",
    "handshake failure": "the far end does not take our kind of TLS, or asks for a certificate and was shown none",
    "protocol version": "the far end does not take our version of TLS, or speaks none",
    "bad certificate": "the far end does not take our certificate; its log says why",
    "certificate unknown": "the far end does not take our certificate; its log says why",
    "unsupported certificate": "our certificate is not for this use, says the far end",
    "certificate revoked": "our certificate was revoked, says the far end",
}
"""What the far end says of us, by how OpenSSL tells it, after the word ``alert``."""

FAULTS = {
    "unsupported protocol": "the far end speaks TLS older than 1.2",
    "version too low": "the far end speaks TLS older than 1.2",
    "wrong version number": "the far end does not speak TLS",
    "http request": "the far end speaks HTTP without TLS",
    "https proxy request": "the far end speaks HTTP without TLS",
    "packet length too long": "the far end does not speak TLS",
    "record layer failure": "the far end does not speak TLS",
    "peer did not return a certificate": "the far end showed no certificate, and one of our authority is asked for",
    "no shared cipher": "the far end knows no cipher that is good enough",
    "unexpected eof while reading": "the far end went away in the middle of TLS",
}
"""What we say of the far end."""

UNKNOWN_AUTHORITY = "the certificate of the far end is not of an authority that is known here"
VERIFICATION = {
    9: "the certificate of the far end is not valid yet; are the clocks right?",
    10: "the certificate of the far end has expired: it must be renewed there",
    18: UNKNOWN_AUTHORITY,
    19: UNKNOWN_AUTHORITY,
    20: UNKNOWN_AUTHORITY,
    21: UNKNOWN_AUTHORITY,
    26: "the certificate of the far end is not for this use: that of a peer cannot stand for a hub",
}
"""By the numbers of X.509 verification in OpenSSL."""


def told_of_verification(number: int) -> str:
    """Return what is wrong with a certificate of the far end."""
    return VERIFICATION.get(number, f"the certificate of the far end cannot be verified (X509 error {number})")


def told_of_name(host: str, names: list[str]) -> str:
    """Return that a certificate is good, and not that of whom we dialled."""
    others = f"for {', '.join(names)}, and " if names else ""
    return f"the certificate of the far end is {others}not for '{host}', which was dialled"


def told_of(failure: Failure) -> str | None:
    """Return what an error of OpenSSL means to people, or ``None`` if it is none."""
    error: Any = failure.value
    if not type(error).__module__.startswith("OpenSSL."):
        return None
    entries: Any = error.args[0] if error.args and isinstance(error.args[0], list) else []
    reasons = [str(entry[-1]) for entry in entries] or [str(error)]
    for reason in reasons:
        _, alert, said = reason.partition("alert ")
        known = ALERTS.get(said) if alert else FAULTS.get(reason)
        if known:
            return known
    return f"TLS failed: {reasons[0] or type(error).__name__}"
