"""What every service can be asked over XML-RPC: its methods, what the gateway knows, and several calls at once.

These are the usual methods of introspection, ``system.multicall`` and
``system.getCapabilities``. The gateway answers them itself, from the description of the
service; a method that a service exports under one of their names is hidden by them.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from twisted.internet.defer import CancelledError, Deferred, gatherResults

from exchange import BadArguments, CallError, Description, MethodDescription, MethodUnavailable, UnsuitableValue
from exchange.gateways.visit import Visit
from exchange.gateways.xmlrpc_signatures import Signatures, signatures_of
from exchange.gateways.xmlrpc_writer import Written, expressible

MAX_BATCH = 100

MAX_RESULTS = 16 * 2**20
"""Characters that all results of one `system.multicall` may have together."""

ALWAYS_TAKEN = 1024
"""Characters of a result for which there is always room."""

MULTICALL = "system.multicall"

CAPABILITIES = {
    "xmlrpc": ("http://www.xmlrpc.com/spec", 1),
    "introspection": ("http://xmlrpc.usefulinc.com/doc/reserved.html", 1),
    MULTICALL: ("http://www.xmlrpc.com/discuss/msgReader$1208", 1),
    "nil": ("http://www.ontosys.com/xml-rpc/extensions.php", 1),
}
"""What is spoken: the specification of each, and its version. ``faults_interop``, which
lays down the numbers of faults, is not among them: ours are those of netsvc."""


class Caller(NamedTuple):
    """What may be asked of a service for one request.

    Attributes:
        visit: Makes the calls.
        describe: Returns what the service offers.
        entry: Makes one of several calls, which it is given as a struct, and returns what stands for it among them.
        fault: Returns what stands for a call that failed.
        max_batch: The most calls that may be made at once.
        has_nil: Whether ``nil`` may be written.
    """

    visit: Visit
    describe: Callable[[], Deferred[Description]]
    entry: Callable[[Any], Coroutine[Any, Any, Written]]
    fault: Callable[[CallError], Written]
    max_batch: int
    has_nil: bool


class SystemMethod(NamedTuple):
    """A method that the gateway answers itself.

    Attributes:
        answer: Answers a call with its arguments, of which there are as many as the signatures say.
    """

    signatures: list[list[str]]
    documentation: str
    answer: Callable[..., Coroutine[Any, Any, Any]]

    def call(self, name: str, caller: Caller, *args: Any) -> Deferred[Any]:
        """Return a Deferred of the answer to a call, which goes by ``name``.

        Raises:
            BadArguments: It does not take these arguments.
        """
        wanted = len(self.signatures[0]) - 1
        if len(args) != wanted:
            raise BadArguments(f"{name} takes {_counted(wanted, 'argument')}, not {len(args)}", delivered=False)
        return Deferred.fromCoroutine(self.answer(caller, *args))


async def _list_methods(caller: Caller) -> list[str]:
    described = await caller.describe()
    return sorted({*map(expressible, described.methods), *SYSTEM_METHODS})


async def _signature(caller: Caller, name: Any) -> Signatures:
    own = _own(name)
    if own is not None:
        return own.signatures
    described = await caller.describe()
    return signatures_of(_method(described, name), described.types)


async def _help(caller: Caller, name: Any) -> str:
    own = _own(name)
    if own is not None:
        return own.documentation
    return expressible(_method(await caller.describe(), name).documentation)


async def _capabilities(caller: Caller) -> dict[str, Any]:
    told = {name: {"specUrl": url, "specVersion": version} for name, (url, version) in CAPABILITIES.items()}
    return told if caller.has_nil else {name: each for name, each in told.items() if name != "nil"}


async def _multicall(caller: Caller, calls: Any) -> list[Written]:
    """Make as many calls at once as the connection may; what stands for them stands in their order."""
    if not isinstance(calls, list):
        raise BadArguments(f"{MULTICALL} takes an array of structs", delivered=False)
    if len(calls) > caller.max_batch:
        text = f"{MULTICALL} takes {_counted(caller.max_batch, 'call')} at most, not {len(calls)}"
        raise BadArguments(text, delivered=False)
    begun: list[Deferred[Written]] = []
    room = Room(MAX_RESULTS)
    try:
        for call in calls:
            while caller.visit.is_full:
                await caller.visit.when_free()
            begun.append(Deferred.fromCoroutine(caller.entry(call)).addCallback(room.taken, caller))
    except CancelledError:
        for each in begun:
            each.addErrback(lambda _: None).cancel()
        raise
    return await gatherResults(begun, consumeErrors=True)


class Room:
    """The room that all results of one `system.multicall` have together.

    Args:
        limit: In characters.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0

    def taken(self, entry: Written, caller: Caller) -> Written:
        """Return what stands for a call, or that there is no room for it; there always is for what is small."""
        if self._size + len(entry) > self._limit and len(entry) > ALWAYS_TAKEN:
            text = f"the results of this {MULTICALL} have more than {self._limit} characters; ask for fewer at once"
            number = UnsuitableValue.CANNOT_ENCODE_REPLY
            return caller.fault(UnsuitableValue(text, number=number, delivered=True))
        self._size += len(entry)
        return entry


def asked_in(call: Any) -> tuple[str, list[Any]]:
    """Return the method that one of several calls names, and its arguments.

    Raises:
        BadArguments: It names none, or `system.multicall` itself.
    """
    name, args = (call.get("methodName"), call.get("params", [])) if isinstance(call, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(args, list):
        text = f"a call of {MULTICALL} is a struct of methodName, which is a string, and params, which is an array"
        raise BadArguments(text, delivered=False)
    if name == MULTICALL:
        raise BadArguments(f"{MULTICALL} must not call itself", delivered=False)
    return name, args


def _own(name: Any) -> SystemMethod | None:
    return SYSTEM_METHODS.get(name) if isinstance(name, str) else None


def _method(described: Description, name: Any) -> MethodDescription:
    found = described.methods.get(name) if isinstance(name, str) else None
    if found is None:
        shown = name[:40] if isinstance(name, str) else type(name).__name__
        raise MethodUnavailable(f"service '{described.name}' exports no method '{shown}'", delivered=False)
    return found


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


SYSTEM_METHODS = {
    "system.listMethods": SystemMethod(
        [["array"]], "Return the names of all methods that can be called here.", _list_methods
    ),
    "system.methodSignature": SystemMethod(
        [["array", "string"], ["string", "string"]],
        "Return the signatures of a method, each an array: the type of the result, then those of the arguments. "
        "One that has none in the types of XML-RPC is 'undef'.",
        _signature,
    ),
    "system.methodHelp": SystemMethod([["string", "string"]], "Return the documentation of a method.", _help),
    MULTICALL: SystemMethod(
        [["array", "array"]],
        "Make several calls at once, each a struct of methodName and params. "
        "Return for each an array of its result, or the struct of a fault.",
        _multicall,
    ),
    "system.getCapabilities": SystemMethod(
        [["struct"]],
        "Return which specifications are kept here: a struct of specUrl and specVersion each.",
        _capabilities,
    ),
}
"""By the names under which they are called."""
