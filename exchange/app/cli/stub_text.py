"""A typed stub of a service, from its description: for editors and type checkers, which know nothing of a proxy.

The service becomes a protocol, so that a stand-in of a test is as good as a proxy;
what is sent as a dict of fields becomes a typed dict. A method that Python could not
write as it is described takes anything.
"""

from __future__ import annotations

import keyword
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from exchange.app.cli.stub_names import StubNames, class_name, is_attribute
from exchange.app.cli.stub_types import StubTypes
from exchange.services.description import Description, MethodDescription, ParameterDescription, TypeDescription

Style = Literal["deferred", "await", "blocking"]

STYLES: dict[Style, str] = {
    "deferred": "exchange.Exchange",
    "await": "exchange.aio",
    "blocking": "exchange.blocking",
}
"""What the proxies are of that such a stub is about."""

WIDEST = 110
DEEPEST = 8
"""How many dots the name of a method may have and still be written as attributes."""

_QUOTES = '"""'
_INDENT = "    "


class StubText:
    """Writes one stub.

    Args:
        style: What a call gives: a Deferred of the result, something to await, or the result.
        wanted: What the class is to be called; empty, it is called like the service.
    """

    def __init__(self, description: Description, style: Style = "deferred", wanted: str = "") -> None:
        self._description = description
        self._style = style
        parts = {part for name in description.methods for part in name.split(".")}
        fields = {field.name for each in description.types.values() for field in each.fields}
        self._names = StubNames({*parts, *fields})
        self._class = self._names.make(wanted or class_name(description.name))
        self._types = StubTypes(description.types, self._names)
        self._classes: list[list[str]] = []

    def lines(self) -> list[str]:
        """Return the lines of the stub."""
        records = [self._record(each) for _, each in sorted(self._description.types.items())]
        self._protocol(self._class, self._description.documentation, self._description.methods)
        classes = [line for each in (*records, *self._classes) for line in ("", "", *each)]
        imports = ["from __future__ import annotations", "", *self._names.imports()]
        return [*self._head(), "", *imports, *classes]

    def _head(self) -> list[str]:
        name, style = self._description.name, "" if self._style == "deferred" else f" --style {self._style}"
        about = f"Service {name!r} as it describes itself, for proxies of `{STYLES[self._style]}`."
        made = f"Made by: exchange stub {name}{style}"
        use = f"    it = cast({self._class!r}, exchange.service({name!r}))"
        return _docstring(f"{about}\n\n{made}\n\n{use}", "")

    def _record(self, record: TypeDescription) -> list[str]:
        called = self._types.classes[record.name]
        fields = {field.name: self._field(field) for field in record.fields}
        base = self._names.use("TypedDict")
        if not all(name.isidentifier() and not keyword.iskeyword(name) for name in fields):
            items = [f"{_INDENT}{name!r}: {text!r}," for name, text in fields.items()]
            return [f"{called} = {base}({called!r}, {{", *items, "})"]
        told = _docstring(record.documentation, _INDENT) if record.documentation else []
        lines = [f"{_INDENT}{name}: {text}" for name, text in fields.items()]
        gap = [""] if told and lines else []
        return [f"class {called}({base}):", *told, *gap, *lines, *([] if told or lines else [f"{_INDENT}pass"])]

    def _field(self, field: ParameterDescription) -> str:
        text = self._types.written(field.type)
        return text if field.required else f"{self._names.use('NotRequired')}[{text}]"

    def _protocol(self, called: str, documentation: str, methods: dict[str, MethodDescription], depth: int = 0) -> None:
        """Write a class with ``methods``, by what is left of their names; ``""`` is to call it itself."""
        told = _docstring(documentation, _INDENT) if documentation else []
        plain, dotted, odd = _sorted_out(methods, depth)
        members = [self._method(name or "__call__", method) for name, method in plain.items()]
        members += [self._group(called, name, inner, depth) for name, inner in dotted.items()]
        members += [self._by_item(odd)] if odd else []
        body = [line for member in members for line in ("", *member)]
        lines = [*told, *(body if told else body[1:])]
        lines += [] if told or plain or dotted or (self._style == "deferred" and odd) else [f"{_INDENT}pass"]
        self._classes.append([f"class {called}({self._names.use('Protocol')}):", *lines])

    def _group(self, outer: str, name: str, methods: dict[str, MethodDescription], depth: int) -> list[str]:
        called = self._names.make(f"{outer}{class_name(name)}")
        self._protocol(called, "", methods, depth + 1)
        return [f"{_INDENT}@{self._names.use('property')}", f"{_INDENT}def {name}(self) -> {called}: ..."]

    def _by_item(self, odd: Iterable[str]) -> list[str]:
        """Say which methods no attribute can be called like; only a proxy of Deferreds has them by ``it["name"]``."""
        if self._style != "deferred":
            return [f"{_INDENT}# No attribute can be called {name!r}: exchange.call has it" for name in sorted(odd)]
        notes = [f"{_INDENT}# No attribute can be called {name!r}: write it[{name!r}](...)" for name in sorted(odd)]
        any_call = f"{self._names.use('Callable')}[..., {self._given(self._names.use('Any'))}]"
        return [*notes, f"{_INDENT}def __getitem__(self, method: {self._names.use('str')}, /) -> {any_call}: ..."]

    def _method(self, name: str, method: MethodDescription) -> list[str]:
        start = f"{'async ' if self._style == 'await' else ''}def {name}"
        result = self._given(self._types.written(method.returns))
        parameters = ["self", *_placed(method.parameters, self._parameter)]
        if not (all(map(_is_plain, method.parameters)) and _can_be_written(parameters)):
            anything = self._names.use("Any")
            parameters = ["self", f"*args: {anything}", f"**kwargs: {anything}"]
        return _laid_out(start, parameters, result, method.documentation)

    def _parameter(self, parameter: ParameterDescription) -> str:
        text = f"{parameter.name}: {self._types.written(parameter.type)}"
        is_rest = parameter.kind.startswith("rest-")
        return text if parameter.required or is_rest else f"{text} = {self._types.default(parameter)}"

    def _given(self, result: str) -> str:
        """Return the type of a call that gives ``result``."""
        return f"{self._names.use('Deferred')}[{result}]" if self._style == "deferred" else result


def _sorted_out(
    methods: dict[str, MethodDescription], depth: int
) -> tuple[dict[str, MethodDescription], dict[str, dict[str, MethodDescription]], list[str]]:
    """Return the methods that are attributes, those of attributes by these, and the names that are neither."""
    plain: dict[str, MethodDescription] = {}
    dotted: dict[str, dict[str, MethodDescription]] = {}
    odd: list[str] = []
    heads = {name.partition(".")[0] for name in methods if "." in name}
    for name, method in methods.items():
        head, _, rest = name.partition(".")
        parts = name.split(".")
        if name and not (all(map(is_attribute, parts)) and len(parts) <= DEEPEST):
            odd.append(method.name)
        elif rest or head in heads:
            dotted.setdefault(head, {})[rest] = method
        else:
            plain[name] = method
    return plain, dotted, odd if depth == 0 else []


def _placed(parameters: Iterable[ParameterDescription], write: Callable[[ParameterDescription], str]) -> Iterator[str]:
    """Yield parameters as a signature has them, with its ``/`` and ``*``."""
    before = ""
    takes_rest = False
    for parameter in parameters:
        if before == "positional" and parameter.kind != "positional":
            yield "/"
        if parameter.kind == "keyword" and not takes_rest:
            takes_rest = True
            yield "*"
        takes_rest = takes_rest or parameter.kind == "rest-positional"
        stars = {"rest-positional": "*", "rest-keyword": "**"}.get(parameter.kind, "")
        yield f"{stars}{write(parameter)}"
        before = parameter.kind
    if before == "positional":
        yield "/"


def _is_plain(parameter: ParameterDescription) -> bool:
    """Whether its name is a name and nothing else: a signature may be run, by whoever imports the stub."""
    return parameter.name.isidentifier() and not keyword.iskeyword(parameter.name)


def _can_be_written(parameters: list[str]) -> bool:
    """Whether Python takes the signature: a service in another language may have one that it does not."""
    if any("\n" in each or "\r" in each for each in parameters):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(f"def it({', '.join(parameters)}): ...", "<stub>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _laid_out(start: str, parameters: list[str], result: str, documentation: str) -> list[str]:
    whole = f"{_INDENT}{start}({', '.join(parameters)}) -> {result}:"
    if len(whole) > WIDEST:
        inner = [f"{_INDENT * 2}{each}{',' if each[:2] != '**' else ''}" for each in parameters]
        head = [f"{_INDENT}{start}(", *inner, f"{_INDENT}) -> {result}:"]
    else:
        head = [whole]
    if documentation:
        return [*head, *_docstring(documentation, _INDENT * 2)]
    return [*head[:-1], f"{head[-1]} ..."]


def _docstring(text: str, indent: str) -> list[str]:
    """Return the lines of a docstring that says ``text``, whatever that holds."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"') if _QUOTES in text or "\\" in text else text
    safe = "".join(letter if letter.isprintable() or letter == "\n" else repr(letter)[1:-1] for letter in safe)
    first, *more = safe.split("\n")
    if not more:
        gap = " " if first.endswith('"') else ""
        return [f"{indent}{_QUOTES}{' ' if first.startswith(chr(34)) else ''}{first}{gap}{_QUOTES}"]
    return [
        f"{indent}{_QUOTES}{' ' if first.startswith(chr(34)) else ''}{first}",
        *(f"{indent}{line}".rstrip() for line in more),
        f"{indent}{_QUOTES}",
    ]
