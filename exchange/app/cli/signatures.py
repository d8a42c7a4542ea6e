"""Signatures of methods, as Python writes them, made from a description."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from exchange.services.description import MethodDescription, ParameterDescription, TypeDescription

REST = {"rest-positional": "*", "rest-keyword": "**"}


def signature_of(method: MethodDescription) -> str:
    """Return ``multiply(x: int, y: int = 1) -> int``."""
    return f"{method.name}({', '.join(_parts(method.parameters))}) -> {method.returns}"


def fields_of(kind: TypeDescription) -> list[str]:
    """Return the fields of a type, each as Python writes it in a class."""
    return [_parameter(field) for field in kind.fields]


def _parts(parameters: Iterable[ParameterDescription]) -> Iterator[str]:
    """Yield the parameters, and the marks that tell the kinds apart."""
    before = ""
    for parameter in parameters:
        if before == "positional" and parameter.kind != "positional":
            yield "/"
        if parameter.kind == "keyword" and before not in ("keyword", "rest-positional"):
            yield "*"
        yield _parameter(parameter)
        before = parameter.kind
    if before == "positional":
        yield "/"


def _parameter(parameter: ParameterDescription) -> str:
    text = f"{REST.get(parameter.kind, '')}{parameter.name}: {parameter.type}"
    if parameter.required or parameter.kind in REST:
        return text
    return f"{text} = {parameter.default_text or repr(parameter.default)}"
