"""The public face: which names there are, pinned, so that none comes or goes unnoticed."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import exchange
import exchange.aio
import exchange.blocking
from exchange import Bridge, Exchange, Hub, Service
from exchange.errors import CALL_ERRORS
from exchange.testing import Network
from exchange.tracing import trace

ERRORS = {
    "BadArguments",
    "CallError",
    "CallRefused",
    "CallTimeout",
    "ConfigurationError",
    "ExchangeError",
    "LinkLost",
    "LinkRefused",
    "MethodUnavailable",
    "Overloaded",
    "ProtocolError",
    "RemoteError",
    "ServiceUnavailable",
    "ServiceWithdrawn",
    "UnsuitableValue",
    "WayGone",
}
OPTIONS = ["check=False", "limit=None", "thread=False", "idempotent=False"]
"""Of a method."""

CLASSES = {
    "Bridge",
    "Certificate",
    "CertificateAuthenticator",
    "CheckerAuthenticator",
    "CurrentCall",
    "Description",
    "Exchange",
    "Hub",
    "Limits",
    "LinkChange",
    "MethodDescription",
    "Outcome",
    "ParameterDescription",
    "Password",
    "PasswordAuthenticator",
    "PlainPassword",
    "Presence",
    "PresenceChange",
    "Report",
    "Rule",
    "Service",
    "Subscriber",
    "Subscription",
    "Timer",
    "Tls",
    "Token",
    "TokenAuthenticator",
    "TypeDescription",
    "Watch",
}
FUNCTIONS = {"back_off", "constant", "current_call", "method", "register_type"}


def parameters(function: object) -> list[str]:
    """Return the parameters of a function as one writes them, without annotations."""
    signature = inspect.signature(function)  # type: ignore[arg-type]
    plain = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
    return [str(parameter) for parameter in plain if parameter.name != "self"]


def test_these_names_are_public_and_no_others() -> None:
    assert set(exchange.__all__) == ERRORS | CLASSES | FUNCTIONS
    assert exchange.__all__ == sorted(exchange.__all__)


@pytest.mark.parametrize("name", sorted(ERRORS | CLASSES | FUNCTIONS))
def test_each_public_name_is_what_it_says_and_is_documented(name: str) -> None:
    thing = getattr(exchange, name)
    assert thing.__name__ == name
    assert inspect.getdoc(thing)


def test_every_failure_of_a_call_is_public() -> None:
    assert set(CALL_ERRORS) <= ERRORS


def test_another_name_is_an_error_that_names_it() -> None:
    with pytest.raises(AttributeError, match="module 'exchange' has no attribute 'Broker'"):
        _ = exchange.Broker


def test_people_at_a_prompt_see_the_names() -> None:
    assert set(exchange.__all__) <= set(dir(exchange))


def test_importing_the_package_imports_nothing_else() -> None:
    """Plugins and the command line begin with it; a name is imported when it is first used."""
    script = (
        "import sys, exchange; print(any(name.startswith(('twisted', 'msgpack', 'exchange.')) for name in sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (Exchange, ["reactor", "group=''", "heartbeat=10.0", "dead_after=30.0", "*", "limits=None"]),
        (Exchange.connect, ["endpoint", "*others", "retry="]),
        (Exchange.when_linked, ["attempts=0"]),
        (Exchange.add, ["service"]),
        (Exchange.remove, ["service"]),
        (Exchange.call, ["to", "method", "*args", "timeout=30.0", "wait=0", "retry=None", "**kwargs"]),
        (Exchange.service, ["name", "timeout=30.0", "wait=0", "retry=None", "*", "sticky=False"]),
        (Exchange.call_all, ["name", "method", "*args", "timeout=30.0", "**kwargs"]),
        (Exchange.describe, ["to", "timeout=30.0"]),
        (Exchange.ping, ["to", "timeout=30.0"]),
        (Exchange.watch, ["name=None", "group=None", "pattern=None", "changed=None"]),
        (Exchange.instances, ["name=None", "group=None"]),
        (Exchange.subscribe, ["service", "pattern", "seen", "overflow='drop-oldest'", "publishers=None"]),
        (Exchange.watch_links, ["changed"]),
        (Exchange.admit_if, ["admits"]),
        (Hub, ["reactor", "name=''", "group=''", "heartbeat=10.0", "dead_after=30.0", "*", "limits=None"]),
        (Bridge, ["inner", "outer"]),
        (Bridge.stop, []),
        (Hub.listen, ["endpoint"]),
        (Service.join, ["group"]),
        (Service.leave, ["group"]),
        (Service.export, ["function", "name=None", "*", *OPTIONS]),
        (Service.prepare, []),
        (Service.unexported, ["name"]),
        (Service.intercept, ["name", "function", "args", "kwargs"]),
        (Service.forward, ["to", "method=None"]),
        (Service.publish, ["subject", "content", "lifetime=0"]),
        (Service.send_report, ["subscriber", "subject", "content"]),
        (Service.subscribers, []),
        (Service.subscribed, ["subscriber"]),
        (Service.unsubscribed, ["subscriber"]),
        (Service.expire, ["pattern='*'", "age=0"]),
        (Service.purge, []),
        (Service.call_later, ["seconds", "function", "*args"]),
        (Service.call_every, ["seconds", "function", "*args"]),
        (Service.call_at, ["moment", "function", "*args"]),
        (Service.schedule, ["line", "function", "*args", "zone=None"]),
        (exchange.method, ["function=None", "*", "name=None", *OPTIONS]),
        (exchange.current_call, []),
        (exchange.register_type, ["cls", "name", "encode", "decode"]),
        (exchange.back_off, ["base=1.0", "longest=30.0"]),
        (exchange.constant, ["seconds"]),
        (trace, ["exchange", "tracer_provider=None"]),
        (Network, ["seed=0"]),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)
def test_what_one_writes_stands(function: object, expected: list[str]) -> None:
    taken = [parameter for parameter in parameters(function) if parameter != "/"]
    wanted = [parameter for parameter in expected if parameter != "*"]
    assert [written[: len(want)] for written, want in zip(taken, wanted, strict=False)] == wanted


def test_the_attributes_of_a_service_have_these_defaults() -> None:
    assert (Service.name, Service.groups, Service.audience, Service.hidden) == ("", (), "*", False)


def test_the_fields_of_what_a_watch_shows_stand() -> None:
    assert exchange.Presence._fields[:6] == ("id", "name", "groups", "audience", "digest", "principal")
    assert exchange.PresenceChange._fields == ("kind", "instance", "reason")
    assert {"instances", "cancel"} <= set(vars(exchange.Watch))


def test_the_fields_of_what_a_subscriber_is_shown_stand() -> None:
    told = ("subject", "instance", "number", "posted", "retained", "skipped", "name", "remaining")
    assert exchange.Report._fields == told
    assert exchange.Subscriber._fields == ("subscription", "identity", "pattern")
    assert exchange.Outcome._fields == ("value", "error")
    assert {"cancel"} <= set(vars(exchange.Subscription))


def test_what_a_method_may_know_of_its_call_stands() -> None:
    known = {"id", "method", "principal", "answering", "args", "kwargs", "caller", "instance", "user", "properties"}
    assert known | {"time_left", "trace", "traceparent", "tracestate"} <= set(vars(exchange.CurrentCall))


@pytest.mark.parametrize("face", [exchange.blocking, exchange.aio])
def test_the_other_faces_have_the_same_names(face: object) -> None:
    names = ["call", "service", "call_all", "describe", "ping", "subscribe", "watch", "instances"]
    for name in names:
        here, there = parameters(getattr(Exchange, name)), parameters(getattr(face.Exchange, name))  # type: ignore[attr-defined]
        assert [each.partition("=")[0] for each in there[:2]] == [each.partition("=")[0] for each in here[:2]]


def test_a_failure_says_these_things() -> None:
    error = exchange.CallError("no", number=1000, origin="me", details="more", delivered=True)
    said = (error.description, error.number, error.origin, error.details, error.delivered)
    assert said == ("no", 1000, "me", "more", True)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("ServiceUnavailable", 46),
        ("WayGone", 46),
        ("ServiceWithdrawn", 57),
        ("LinkLost", 48),
        ("MethodUnavailable", 55),
        ("BadArguments", 56),
        ("CallTimeout", 47),
        ("CallRefused", 51),
        ("Overloaded", 41),
        ("UnsuitableValue", 42),
        ("RemoteError", 57),
    ],
)
def test_the_numbers_are_those_that_programs_of_netsvc_know(name: str, number: int) -> None:
    assert getattr(exchange, name)().number == number
    assert issubclass(getattr(exchange, name), exchange.CallError)
