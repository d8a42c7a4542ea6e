"""Asks the instances of a service what they offer, and prints it; imported only once there is something to do."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from exchange.app.cli.columns import Field, harmless
from exchange.app.cli.instances import instance_of
from exchange.app.cli.signatures import fields_of, signature_of
from exchange.app.cli.status import Status
from exchange.app.cli.values import as_json_has_it, printed
from exchange.app.cli.working import Work, do
from exchange.errors import MethodUnavailable, ServiceUnavailable
from exchange.services.description import Description, MethodDescription
from exchange.services.presence import Presence
from exchange.wire.identities import readable

FIELDS = (
    *(Field("service"), Field("method"), Field("signature"), Field("returns"), Field("idempotent")),
    *(Field("documentation"), Field("digest"), Field("instances")),
)
"""Of a row for a method."""


class Offer(NamedTuple):
    """What some instances of a service offer alike."""

    description: Description
    instances: list[str]

    def chosen(self, method: str) -> list[MethodDescription]:
        """Return its methods; only one if a method is named."""
        return [each for name, each in self.description.methods.items() if method in ("", name)]


def describe(options: argparse.Namespace) -> Status:
    """Describe, and return the exit status."""
    return do("describe", options, _describe)


async def _describe(work: Work) -> None:
    service, method, instances = await _found(work)
    offers = await _offers(work, instances)
    if not any(offer.chosen(method) for offer in offers) and method:
        names = ", ".join(offers[0].description.methods)
        raise MethodUnavailable(f"service '{service}' has no method '{method}'; it has {names}", delivered=False)
    if work.output.is_for_people:
        for line in _lines(service, method, offers):
            work.output.say(harmless(line))
    elif work.output.form == "json":
        document = printed(_document(service, method, offers), as_json=True)
        work.output.write(f"{document}\n")
    else:
        work.output.rows(FIELDS, _rows(service, method, offers))


async def _found(work: Work) -> tuple[str, str, list[Presence]]:
    """Return a service, the method that is asked for, if any, and the instances; a name may have dots in it."""
    thing = work.options.thing
    everybody = await work.presences()
    ways = [(thing, ""), (thing.rpartition(".")[0], thing.rpartition(".")[2])]
    for service, method in ways:
        instances = [each for each in everybody if each.name == service]
        if instances and work.options.instance:
            instances = [instance_of(instances, service, work.options.instance)]
        if instances:
            return service, method, instances
    tried = " or ".join(f"'{service}'" for service, _ in ways if service)
    raise ServiceUnavailable(f"no service named {tried} is known at {work.hub}", delivered=False)


async def _offers(work: Work, instances: Iterable[Presence]) -> list[Offer]:
    """Return what is offered, that by most first; of those that announce the same, one is asked."""
    alike: dict[bytes, list[Presence]] = {}
    for each in instances:
        alike.setdefault(each.digest, []).append(each)
    offers = []
    for same in alike.values():
        description = await work.exchange.describe(same[0].id, work.patience)
        offers.append(Offer(description, sorted(readable(each.id) for each in same)))
    return sorted(offers, key=lambda offer: (-len(offer.instances), offer.instances))


def _lines(service: str, method: str, offers: Sequence[Offer]) -> Iterator[str]:
    for number, offer in enumerate(offers):
        if number:
            yield ""
        if len(offers) > 1:
            yield f"drift: {_many(offer.instances)} of {sum(len(each.instances) for each in offers)} offer this:"
        yield f"service {service}  ({', '.join(offer.instances)})"
        yield from _indented(offer.description.documentation, "    ")
        for each in offer.chosen(method):
            yield ""
            yield f"  {signature_of(each)}{'  (idempotent)' if each.idempotent else ''}"
            yield from _indented(each.documentation, "      ")
        for kind in offer.description.types.values() if not method else _types_of(offer, method):
            yield ""
            yield f"  type {kind.name}"
            yield from _indented(kind.documentation, "      ")
            yield from _indented("\n".join(fields_of(kind)), "      ")


def _types_of(offer: Offer, method: str) -> list[Any]:
    """Return those types that a method mentions, and that those mention."""
    texts = [each.type for found in offer.chosen(method) for each in found.parameters]
    texts += [found.returns for found in offer.chosen(method)]
    types, found = offer.description.types, dict[str, Any]()
    while texts:
        text = texts.pop()
        for name, kind in types.items():
            if name in text and name not in found:
                found[name] = kind
                texts += [field.type for field in kind.fields]
    return [kind for name, kind in types.items() if name in found]


def _document(service: str, method: str, offers: Sequence[Offer]) -> dict[str, Any]:
    """Return all of it, for programs; what most instances offer, and beside it what others do."""
    first, *others = [_told(offer, method) for offer in offers]
    return {"service": service, **first, "drift": others}


def _told(offer: Offer, method: str) -> dict[str, Any]:
    plain = as_json_has_it(offer.description.as_dict())
    signatures = {each.name: signature_of(each) for each in offer.chosen(method)}
    return {
        "documentation": plain["documentation"],
        "digest": offer.description.digest.hex(),
        "instances": offer.instances,
        "methods": [
            {**each, "signature": signatures[each["name"]]} for each in plain["methods"] if each["name"] in signatures
        ],
        "types": plain["types"],
    }


def _rows(service: str, method: str, offers: Sequence[Offer]) -> Iterator[dict[str, Any]]:
    for offer in offers:
        for each in offer.chosen(method):
            yield {
                "service": service,
                "method": each.name,
                "signature": signature_of(each),
                "returns": each.returns,
                "idempotent": each.idempotent,
                "documentation": each.documentation,
                "digest": offer.description.digest.hex(),
                "instances": offer.instances,
            }


def _indented(text: str, indent: str) -> list[str]:
    return [f"{indent}{line}".rstrip() for line in text.expandtabs().splitlines()]


def _many(names: Sequence[str]) -> str:
    return "1 instance" if len(names) == 1 else f"{len(names)} instances"
