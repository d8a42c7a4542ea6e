"""What the tests of SOAP have in common: descriptions, schemas of a WSDL, and zeep without a network."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import zeep
from lxml import etree
from zeep.transports import Transport

from exchange import Description, Service
from exchange.gateways.soap_names import TYPES, XSD, XSI
from exchange.gateways.soap_schema import FAILURES
from exchange.gateways.wsdl import WSDL, wsdl_of
from exchange.services.describe import describe, documentation_of
from exchange.services.marking import marked

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
W3C = Path(__file__).parent / "w3c"
AT = "http://example.org/soap/crane"


def description_of(service: Service) -> Description:
    """Return how a service describes itself."""
    plain, _ = describe(service.name, documentation_of(type(service), Service), marked(service, service.name).values())
    return Description(plain)


def parameter(name: str, type: str = "any", kind: str = "either", **more: Any) -> dict[str, Any]:
    """Return a parameter, or a field, as a description has it; with a default it need not be given."""
    required = "default" not in more and "default_text" not in more
    return {"name": name, "kind": kind, "type": type, "required": required, **more}


def described(
    *parameters: dict[str, Any],
    returns: str = "any",
    types: dict[str, list[dict[str, Any]]] | None = None,
    methods: Iterable[str] = ("lift",),
    name: str = "crane",
) -> Description:
    """Return the description of a service whose methods are all alike."""
    return Description(
        {
            "name": name,
            "documentation": "",
            "methods": [
                {
                    "name": each,
                    "documentation": "",
                    "parameters": list(parameters),
                    "returns": returns,
                    "idempotent": False,
                }
                for each in methods
            ],
            "types": [{"name": each, "documentation": "", "fields": fields} for each, fields in (types or {}).items()],
        }
    )


def element(text: str, namespace: str = "urn:exchange:service:crane") -> etree._Element:
    """Return an element from its text, in the namespace of a service; the usual prefixes are known."""
    prefixes = f'xmlns="{namespace}" xmlns:xsi="{XSI}" xmlns:xs="{XSD}" xmlns:x="{TYPES}" xmlns:s="{namespace}"'
    return etree.fromstring(f"<around {prefixes}>{text}</around>")[0]


def schema_of(wsdl: bytes, folder: Path) -> etree.XMLSchema:
    """Return the schemas in a WSDL as one against which requests and answers can be validated."""
    schemas = etree.fromstring(wsdl).findall(f"{{{WSDL}}}types/{{{XSD}}}schema")
    names = {TYPES: "types.xsd", FAILURES: "failures.xsd"}
    for each in schemas:
        for imported in each.findall(f"{{{XSD}}}import"):
            imported.set("schemaLocation", names[imported.get("namespace", "")])
        path = folder / names.get(each.get("targetNamespace", ""), "service.xsd")
        path.write_bytes(etree.tostring(each))
    return etree.XMLSchema(etree.parse(str(folder / "service.xsd")))


def enveloped(body: etree._Element) -> bytes:
    """Return an envelope of SOAP 1.1 round an element."""
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Body").append(body)
    return etree.tostring(envelope)


class NoNetwork(Transport):
    """Loads nothing."""

    def _load_remote_data(self, url: str) -> bytes:
        raise AssertionError(f"zeep wants {url}")


class Zeep:
    """An independent program, which knows a service from its WSDL and nothing else."""

    def __init__(self, description: Description) -> None:
        settings = zeep.Settings(strict=True, xml_huge_tree=False)
        self.client = zeep.Client(BytesIO(wsdl_of(description, AT)), transport=NoNetwork(), settings=settings)

    def asks(self, method: str, /, *args: Any, **kwargs: Any) -> etree._Element:
        """Return the element that it sends for a call."""
        envelope = self.client.create_message(self.client.service, method, *args, **kwargs)
        sent = etree.fromstring(etree.tostring(envelope))  # as it arrives
        return sent[0][0]

    def understands(self, method: str, answer: etree._Element) -> Any:
        """Return what it makes of an answer."""
        binding = self.client.service._binding
        return binding.process_reply(self.client, binding.get(method), _Reply(enveloped(answer)))

    def type(self, tag: str) -> Any:
        """Return a type of the WSDL."""
        return self.client.get_type(tag)


class _Reply:
    status_code = 200
    encoding = "utf-8"

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.headers = {"Content-Type": "text/xml; charset=utf-8"}
