"""A WSDL 1.1 document: what a service offers, for programs that know SOAP and not us.

Document/literal, wrapped: the body of a request holds one element, named as the method,
and in it one for each argument; that of an answer one, in which there is ``result``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from lxml import etree

from exchange import Description, MethodDescription
from exchange.gateways.soap_names import PREFIXES, qualified, xml_name
from exchange.gateways.soap_scalars import legible
from exchange.gateways.soap_schema import FAILURE, FAILURES, add_schemas
from exchange.gateways.soap_types import SoapTypes, types_of

WSDL = "http://schemas.xmlsoap.org/wsdl/"
HTTP = "http://schemas.xmlsoap.org/soap/http"
VERSIONS = ("1.1", "1.2")


class Binding(NamedTuple):
    """How a version of SOAP is bound.

    Attributes:
        name: Of the binding, and of the port that has it.
        prefix: That of its namespace.
    """

    name: str
    prefix: str
    namespace: str


BINDINGS = {
    "1.1": Binding("Soap11", "soap11", "http://schemas.xmlsoap.org/wsdl/soap/"),
    "1.2": Binding("Soap12", "soap12", "http://schemas.xmlsoap.org/wsdl/soap12/"),
}


def wsdl_of(
    description: Description, location: str, versions: Iterable[str] = VERSIONS, namespace: str | None = None
) -> bytes:
    """Return the document for a service.

    Args:
        location: The URL at which it is called.
        versions: Those of SOAP that are spoken there.
        namespace: That of the service, in place of the one that is made of its name.
    """
    types = types_of(description, namespace)
    bindings = [BINDINGS[version] for version in versions]
    root = _root(types, bindings)
    add_schemas(etree.SubElement(root, _wsdl("types")), types)
    methods = list(description.methods.values())
    failure = _failure_name(types, methods)
    _add_messages(root, types, methods, failure)
    _add_port_type(root, types, methods, failure)
    for binding in bindings:
        _add_binding(root, types, methods, binding)
    _add_service(root, types, bindings, location)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _root(types: SoapTypes, bindings: Iterable[Binding]) -> etree._Element:
    prefixes: Any = {"wsdl": WSDL, **PREFIXES, "s": types.namespace, "ose": FAILURES}
    prefixes |= {binding.prefix: binding.namespace for binding in bindings}
    root = etree.Element(_wsdl("definitions"), nsmap=prefixes)
    root.set("name", xml_name(types.description.name))
    root.set("targetNamespace", types.namespace)
    _document(root, types.description.documentation)
    return root


def _failure_name(types: SoapTypes, methods: Iterable[MethodDescription]) -> str:
    """Return the name of the message that a fault brings, which is that of no request or answer."""
    taken = {name for method in methods for name in (xml_name(method.name), types.response_name(method))}
    name = FAILURE
    while name in taken:
        name += "_"
    return name


def _add_messages(root: etree._Element, types: SoapTypes, methods: Iterable[MethodDescription], failure: str) -> None:
    for method in methods:
        for name in (xml_name(method.name), types.response_name(method)):
            _add_message(root, name, f"s:{name}")
    _add_message(root, failure, f"ose:{FAILURE}")


def _add_message(root: etree._Element, name: str, element: str) -> None:
    message = etree.SubElement(root, _wsdl("message"), name=name)
    etree.SubElement(message, _wsdl("part"), name="parameters", element=element)


def _add_port_type(root: etree._Element, types: SoapTypes, methods: Iterable[MethodDescription], failure: str) -> None:
    port_type = etree.SubElement(root, _wsdl("portType"), name=_name(types))
    for method in methods:
        name = xml_name(method.name)
        operation = etree.SubElement(port_type, _wsdl("operation"), name=name)
        _document(operation, method.documentation)
        etree.SubElement(operation, _wsdl("input"), message=f"s:{name}")
        etree.SubElement(operation, _wsdl("output"), message=f"s:{types.response_name(method)}")
        etree.SubElement(operation, _wsdl("fault"), name=FAILURE, message=f"s:{failure}")


def _add_binding(
    root: etree._Element, types: SoapTypes, methods: Iterable[MethodDescription], binding: Binding
) -> None:
    made = etree.SubElement(root, _wsdl("binding"), name=binding.name, type=f"s:{_name(types)}")
    etree.SubElement(made, qualified(binding.namespace, "binding"), style="document", transport=HTTP)
    for method in methods:
        operation = etree.SubElement(made, _wsdl("operation"), name=xml_name(method.name))
        etree.SubElement(operation, qualified(binding.namespace, "operation"), soapAction="", style="document")
        for direction in ("input", "output"):
            side = etree.SubElement(operation, _wsdl(direction))
            etree.SubElement(side, qualified(binding.namespace, "body"), use="literal")
        fault = etree.SubElement(operation, _wsdl("fault"), name=FAILURE)
        etree.SubElement(fault, qualified(binding.namespace, "fault"), name=FAILURE, use="literal")


def _add_service(root: etree._Element, types: SoapTypes, bindings: Iterable[Binding], location: str) -> None:
    service = etree.SubElement(root, _wsdl("service"), name=_name(types))
    for binding in bindings:
        port = etree.SubElement(service, _wsdl("port"), name=binding.name, binding=f"s:{binding.name}")
        etree.SubElement(port, qualified(binding.namespace, "address"), location=location)


def _document(element: etree._Element, text: str) -> None:
    if text:
        etree.SubElement(element, _wsdl("documentation")).text = legible(text)


def _name(types: SoapTypes) -> str:
    return xml_name(types.description.name)


def _wsdl(name: str) -> str:
    return qualified(WSDL, name)
