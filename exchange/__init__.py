"""A message exchange for distributed Python programs.

Processes connect to a hub and stay connected. Services have names and methods;
others call them without knowing where anything runs. What may be used from outside
is importable from here; anything else may move.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as type checkers know it; to import `typing` takes as long as the whole of Python's start
if TYPE_CHECKING:
    from typing import Any

    from exchange.errors import BadArguments as BadArguments
    from exchange.errors import CallError as CallError
    from exchange.errors import CallRefused as CallRefused
    from exchange.errors import CallTimeout as CallTimeout
    from exchange.errors import ConfigurationError as ConfigurationError
    from exchange.errors import ExchangeError as ExchangeError
    from exchange.errors import LinkLost as LinkLost
    from exchange.errors import LinkRefused as LinkRefused
    from exchange.errors import MethodUnavailable as MethodUnavailable
    from exchange.errors import Overloaded as Overloaded
    from exchange.errors import ProtocolError as ProtocolError
    from exchange.errors import RemoteError as RemoteError
    from exchange.errors import ServiceUnavailable as ServiceUnavailable
    from exchange.errors import ServiceWithdrawn as ServiceWithdrawn
    from exchange.errors import UnsuitableValue as UnsuitableValue
    from exchange.errors import WayGone as WayGone
    from exchange.net.certificate import Certificate as Certificate
    from exchange.net.certificate import CertificateAuthenticator as CertificateAuthenticator
    from exchange.net.checker import CheckerAuthenticator as CheckerAuthenticator
    from exchange.net.checker import PlainPassword as PlainPassword
    from exchange.net.passwords import Password as Password
    from exchange.net.passwords import PasswordAuthenticator as PasswordAuthenticator
    from exchange.net.retry import back_off as back_off
    from exchange.net.retry import constant as constant
    from exchange.net.tls import Tls as Tls
    from exchange.net.tokens import Token as Token
    from exchange.net.tokens import TokenAuthenticator as TokenAuthenticator
    from exchange.routing.policy import Rule as Rule
    from exchange.services.bridge import Bridge as Bridge
    from exchange.services.current import CurrentCall as CurrentCall
    from exchange.services.current import current_call as current_call
    from exchange.services.description import Description as Description
    from exchange.services.description import MethodDescription as MethodDescription
    from exchange.services.description import ParameterDescription as ParameterDescription
    from exchange.services.description import TypeDescription as TypeDescription
    from exchange.services.exchange import Exchange as Exchange
    from exchange.services.hub import Hub as Hub
    from exchange.services.link_change import LinkChange as LinkChange
    from exchange.services.marking import method as method
    from exchange.services.presence import Presence as Presence
    from exchange.services.presence import PresenceChange as PresenceChange
    from exchange.services.publisher import Subscriber as Subscriber
    from exchange.services.report import Report as Report
    from exchange.services.service import Service as Service
    from exchange.services.subscription import Subscription as Subscription
    from exchange.services.timers import Timer as Timer
    from exchange.services.together import Outcome as Outcome
    from exchange.services.watch import Watch as Watch
    from exchange.wire.extensions import register_type as register_type
    from exchange.wire.limits import Limits as Limits

_ERRORS = (
    "BadArguments CallError CallRefused CallTimeout ConfigurationError ExchangeError LinkLost LinkRefused "
    "MethodUnavailable Overloaded ProtocolError RemoteError ServiceUnavailable ServiceWithdrawn UnsuitableValue WayGone"
)

_HOMES = dict.fromkeys(_ERRORS.split(), "exchange.errors") | {
    "Bridge": "exchange.services.bridge",
    "Certificate": "exchange.net.certificate",
    "CertificateAuthenticator": "exchange.net.certificate",
    "CheckerAuthenticator": "exchange.net.checker",
    "CurrentCall": "exchange.services.current",
    "Description": "exchange.services.description",
    "Exchange": "exchange.services.exchange",
    "Hub": "exchange.services.hub",
    "LinkChange": "exchange.services.link_change",
    "Limits": "exchange.wire.limits",
    "MethodDescription": "exchange.services.description",
    "Outcome": "exchange.services.together",
    "ParameterDescription": "exchange.services.description",
    "Password": "exchange.net.passwords",
    "PasswordAuthenticator": "exchange.net.passwords",
    "PlainPassword": "exchange.net.checker",
    "Presence": "exchange.services.presence",
    "PresenceChange": "exchange.services.presence",
    "Report": "exchange.services.report",
    "Rule": "exchange.routing.policy",
    "Service": "exchange.services.service",
    "Subscriber": "exchange.services.publisher",
    "Subscription": "exchange.services.subscription",
    "Timer": "exchange.services.timers",
    "Tls": "exchange.net.tls",
    "Token": "exchange.net.tokens",
    "TokenAuthenticator": "exchange.net.tokens",
    "TypeDescription": "exchange.services.description",
    "Watch": "exchange.services.watch",
    "back_off": "exchange.net.retry",
    "constant": "exchange.net.retry",
    "current_call": "exchange.services.current",
    "method": "exchange.services.marking",
    "register_type": "exchange.wire.extensions",
}
"""The module of each public name, imported when the name is first used (PEP 562)."""

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'exchange' has no attribute '{name}'")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
