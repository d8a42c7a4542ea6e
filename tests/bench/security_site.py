"""The measured sites of security: the same calls in plain, with tokens, under a policy, over TLS, and with all of it.

Each is a hub, a service and a caller, as in `exchange_site`; files stand in the folder that the
environment names.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred

from exchange import (
    Certificate,
    CertificateAuthenticator,
    Exchange,
    Hub,
    Rule,
    Tls,
    Token,
    TokenAuthenticator,
)
from tests.bench.exchange_site import Arithmetic, Calling, linked
from tests.bench.gauge import Gauge
from tests.bench.obeying import Obeying

FOLDER = "EXCHANGE_BENCH_FILES"
TOKEN = "q9bJ3xv0m2kT7sWdq9bJ3xv0m2kT7sWd"
POLICY = [Rule(principal=("*",), offer=("arithmetic",), call=("arithmetic.*",), watch=("*",))]


class Way(NamedTuple):
    """What is measured."""

    token: bool = False
    policy: bool = False
    tls: bool = False


WAYS = {
    "plain": Way(),
    "token": Way(token=True),
    "policy": Way(policy=True),
    "tls": Way(tls=True),
    "all": Way(policy=True, tls=True),
}


def _hub(way: Way, reactor: Any, obeying: Obeying) -> Deferred[int]:
    settings: dict[str, Any] = {"policy": POLICY if way.policy else ()}
    if way.token:
        settings["authenticators"] = [TokenAuthenticator(_folder() / "tokens", reactor.seconds)]
    if way.tls:
        settings |= {"authenticators": [CertificateAuthenticator()], "tls": _tls("hub")}
    hub = Hub(reactor, **settings)
    listening: Deferred[Any] = hub.listen("tcp:0:interface=127.0.0.1").when_listening()
    hub.startService()
    return listening.addCallback(lambda port: port.getHost().port)


def _callee(way: Way, reactor: Any, gauge: Gauge, port: int) -> Deferred[None]:
    exchange = _exchange(way, reactor)
    exchange.add(Arithmetic())
    return linked(exchange, port)


def _caller(way: Way, reactor: Any, gauge: Gauge, port: int) -> Deferred[None]:
    exchange = _exchange(way, reactor)
    gauge.begin = Calling(exchange, gauge).begin
    ready = linked(exchange, port)
    ready.addCallback(lambda _: exchange.call("arithmetic", "multiply", 6, 7, wait=10))
    return ready.addCallback(lambda _: None)


def _exchange(way: Way, reactor: Any) -> Exchange:
    if way.tls:
        return Exchange(reactor, tls=_tls("peer"), credentials=Certificate())
    return Exchange(reactor, credentials=Token("press", TOKEN) if way.token else None)


def _tls(name: str) -> Tls:
    folder = _folder()
    return Tls(folder / f"{name}.pem", folder / f"{name}-key.pem", folder / "authority.pem")


def _folder() -> Path:
    return Path(os.environ[FOLDER])


def __getattr__(role: str) -> Callable[..., Deferred[Any]]:
    """Return the part ``hub_plain``, ``callee_tls`` and so on."""
    kind, _, way = role.partition("_")
    parts: dict[str, Callable[..., Deferred[Any]]] = {"hub": _hub, "callee": _callee, "caller": _caller}
    if kind not in parts or way not in WAYS:
        raise AttributeError(role)
    return partial(parts[kind], WAYS[way])
