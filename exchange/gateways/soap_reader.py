"""The element that a SOAP request holds to a method and its arguments.

Arguments are known by their names, and may come in any order; each is read as its
parameter is annotated. Where that leaves the type open, the value may tell it itself, as
``xsi:type``; a value that does not is a text, or what its elements look like. In which
namespace the elements inside are does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from exchange import Description, MethodDescription, MethodUnavailable, ParameterDescription
from exchange.gateways.soap_names import text_of
from exchange.gateways.soap_types import SoapTypes, types_of
from exchange.gateways.soap_values import ValueReader, name_of, shown, shown_key
from exchange.gateways.type_text import TypeNode

_STR = TypeNode("str")


def find_method(wrapper: etree._Element, description: Description, namespace: str | None = None) -> MethodDescription:
    """Return the method that the element in the body of an envelope asks for.

    Args:
        namespace: That of the service, if it was given another one.

    Raises:
        MethodUnavailable: There is none, or the element is in a namespace of something else.
    """
    name = etree.QName(wrapper)
    types = types_of(description, namespace)
    method = types.method_of(name.localname)
    if method is None:
        asked = text_of(name.localname)[:255]
        raise MethodUnavailable(f"service '{description.name}' exports no method '{asked}'", delivered=False)
    if name.namespace not in (types.namespace, None):
        text = f"'{name.localname}' is in the namespace '{name.namespace[:255]}'; it must be '{types.namespace}'"
        raise MethodUnavailable(text, delivered=False)
    return method


def read_arguments(
    wrapper: etree._Element, method: MethodDescription, description: Description, namespace: str | None = None
) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments that an element brings: by position as far as that goes, the others by name.

    Args:
        namespace: That of the service, if it was given another one.

    Raises:
        BadArguments: One is missing, unknown, or given twice, or a part of one is; or one is
            not among the values that are taken.
        UnsuitableValue: 54; one cannot be read as what it must be.
    """
    types = types_of(description, namespace)
    return _Arguments(types, method, ValueReader(types, f"{description.name}.{method.name}")).read(wrapper)


class _Arguments:
    """Sorts what came into what goes by position and what goes by name."""

    def __init__(self, types: SoapTypes, method: MethodDescription, values: ValueReader) -> None:
        self._types = types
        self._values = values
        self._parameters = {parameter.name: parameter for parameter in method.parameters}

    def read(self, wrapper: etree._Element) -> tuple[list[Any], dict[str, Any]]:
        given = self._given(wrapper)
        until = self._last_by_position(given)
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for place, (name, parameter) in enumerate(self._parameters.items()):
            if parameter.kind == "rest-positional":
                args += given.get(name, ())
            elif parameter.kind == "rest-keyword":
                kwargs |= self._checked_rest(name, given.get(name, {}))
            elif name not in given:
                if parameter.required:
                    raise self._values.bad(name, f"is missing; it must be {parameter.type}")
                if place < until:
                    args.append(self._default_of(parameter))
            elif parameter.kind != "keyword" and len(args) == place:
                args.append(given[name])
            else:
                kwargs[name] = given[name]
        return args, kwargs

    def _given(self, wrapper: etree._Element) -> dict[str, Any]:
        """Return what is given, by the names of the parameters; of ``*args`` a list, of ``**kwargs`` a dict."""
        given: dict[str, Any] = {}
        for child in self._values.children(wrapper, f"<{name_of(wrapper)}>"):
            name = name_of(child)
            parameter = self._parameters.get(name)
            if parameter is None:
                known = ", ".join(self._parameters) or "none"
                raise self._values.bad(shown(name), f"is no argument of it; there is {known}")
            node = self._types.read(parameter.type)
            if parameter.kind == "rest-positional":
                rest = given.setdefault(name, [])
                rest.append(self._values.read(child, node, f"{name}[{len(rest)}]"))
            elif name in given:
                raise self._values.bad(name, "is given twice")
            elif parameter.kind == "rest-keyword":
                given[name] = self._values.read(child, TypeNode("dict", parts=(_STR, node)), name) or {}
            else:
                given[name] = self._values.read(child, node, name)
        none = {name: None for name, each in self._parameters.items() if self._types.is_none_without(each)}
        return none | given

    def _last_by_position(self, given: Mapping[str, Any]) -> int:
        """Return the place before which none may be left out, because what stands there goes by position only."""
        kinds = ("positional", "rest-positional")
        places = enumerate(self._parameters.items())
        return max((place for place, (name, each) in places if name in given and each.kind in kinds), default=-1)

    def _default_of(self, parameter: ParameterDescription) -> Any:
        if parameter.default_text:
            raise self._values.bad(parameter.name, "must be given too, because one after it is")
        return parameter.default

    def _checked_rest(self, name: str, rest: dict[Any, Any]) -> dict[str, Any]:
        for keyword in rest:
            if type(keyword) is not str or keyword in self._parameters:
                problem = "is a parameter, and has an element of its own" if keyword else "must be a name"
                raise self._values.bad(f"{name}[{shown_key(keyword)}]", problem)
        return rest
