"""Endings: the failures of calls whose answer does not come, or cannot pass (R9, R14)."""

from __future__ import annotations

from exchange.errors import CallError, LinkLost, ServiceUnavailable, ServiceWithdrawn, UnsuitableValue
from exchange.routing.port import Port
from exchange.routing.registry import Instance
from exchange.wire.failures import failure_of
from exchange.wire.frames import SIZE_SIZE, Frame
from exchange.wire.layouts import Kind


def withdrawn(instance: Instance | None, text: str, delivered: bool | None = None) -> CallError:
    """Return the failure of a call whose answer will not come; it says what the instance offered that may have run."""
    error = ServiceWithdrawn(f"'{instance.name}' {text}" if instance else f"the service {text}", delivered=delivered)
    error.offered = instance.about.digest if instance else b""
    return error


def lost(instance: Instance | None, text: str, left: bool, own_hub: Port | None) -> CallError:
    """Return the failure of a call that was owed by a port which is gone.

    Args:
        left: It had said that it would, and had taken nothing since.
        own_hub: The port, if it led to our own hub, and the call is ours.
    """
    delivered = False if left else None
    if own_hub is not None:
        return LinkLost(f"the link to {own_hub.title} was lost while the answer was owed: {text}", delivered=delivered)
    return withdrawn(instance, f"was lost while it owed the answer: {text}", delivered)


def came_back(frame: Frame) -> bool:
    """Whether an answer says that there was no way to the instance: where it is known, its link may be leaving."""
    return frame[0] == Kind.FAILURE and frame[2][:2] == (ServiceUnavailable.usual_number, False)


def too_large(call: bytes, frame: Frame, source: Port) -> Frame:
    """Return the FAILURE in place of an answer that the link of the caller does not take."""
    size = len(frame[3]) - SIZE_SIZE
    text = f"the answer takes {size} bytes, and a link on its way takes frames of {source.max_frame} at most"
    delivered = True if frame[0] == Kind.REPLY else frame[2][1]
    error = UnsuitableValue(text, number=UnsuitableValue.CANNOT_ENCODE_REPLY, delivered=delivered)
    return failure_of(call, error)
