from __future__ import annotations

from typing import Any

import pytest

from exchange import netsvc
from exchange.netsvc import coding
from exchange.netsvc.process import Process
from tests.netsvc.places import Listener, Seed
from tests.netsvc.site import Site
from tests.netsvc.stories import Told


class Point:
    """A type of the user's own."""

    def __init__(self, x: int, y: int) -> None:
        self.x = x
        self.y = y

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and (other.x, other.y) == (self.x, self.y)

    def __hash__(self) -> int:
        return hash((self.x, self.y))


class Celsius:
    """Another one."""


def point_from(name: str, text: str) -> Point:
    """A decoder."""
    x, y = text.split(",")
    return Point(int(x), int(y))


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """No encoders and decoders but those of the test."""
    monkeypatch.setattr(coding, "_encoders", {})
    monkeypatch.setattr(coding, "_decoders", {})


@pytest.fixture
def echo(here: Process) -> netsvc.Service:
    """A service that writes down what it gets and gives it back."""
    echo = netsvc.Service("echo")
    got: list[Any] = []
    echo.got = got  # type: ignore[attr-defined]
    echo.exportMethod(lambda value: got.append(value) or value, "back")  # type: ignore[func-returns-value]
    return echo


def sent_back(site: Site, caller: netsvc.Service, told: Told, value: Any) -> Any:
    """Return what came of a value that was sent to a service and back."""
    id = caller.serviceEndPoint("echo").back(value)
    caller.processResponse(told.one, id)
    caller.processFailure(told.four, id)
    site.settle()
    return told.lines.pop()


def test_values_of_a_type_with_encoder_and_decoder_arrive_as_they_were(
    site: Site, echo: Any, caller: netsvc.Service, told: Told
) -> None:
    netsvc.encoder(Point, lambda point: ("plant:point", f"{point.x},{point.y}"))
    netsvc.decoder("plant:point", point_from)
    value = {"all": [Point(1, 2), (Point(3, 4), None)]}
    assert sent_back(site, caller, told, value) == (value,)
    assert echo.got == [value]

    seed, listener = Seed(), Listener()
    listener.monitorReports(listener.hear, "SEED", "*")
    seed.publishReport("next", Point(5, 6))
    site.settle()
    seed.sendReport(seed.noted[0].subscriber(), "next", Point(7, 8))
    site.settle()
    assert listener.heard == [("next", Point(5, 6)), ("next", Point(7, 8))]


def test_without_a_decoder_they_are_opaque_and_go_on_as_they_came(
    site: Site, echo: Any, caller: netsvc.Service, told: Told
) -> None:
    netsvc.encoder(Point, lambda point: ("plant:point", f"{point.x},{point.y}"))
    assert sent_back(site, caller, told, Point(1, 2)) == (netsvc.Opaque("plant:point", "1,2"),)


def test_an_encoder_may_give_another_value(site: Site, echo: Any, caller: netsvc.Service, told: Told) -> None:
    netsvc.encoder(Point, lambda point: (None, [point.x, point.y]))
    netsvc.encoder(Celsius, lambda _: (None, Point(1, 2)))
    assert sent_back(site, caller, told, Point(1, 2)) == ([1, 2],)
    assert sent_back(site, caller, told, Celsius()) == ([1, 2],)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("xsd:int", "5", 5),
        ("xsd:double", "0.5", 0.5),
        ("xsd:string", "x", "x"),
        ("xsd:boolean", "true", True),
        ("xsd:base64Binary", "AP8=", b"\x00\xff"),
        ("python:complex", "(1+2j)", 1 + 2j),
        ("", "", None),
    ],
)
def test_names_of_xml_schema_become_what_python_has(
    site: Site, echo: Any, caller: netsvc.Service, told: Told, name: str, text: str, value: Any
) -> None:
    netsvc.encoder(Celsius, lambda _: (name, text))
    assert sent_back(site, caller, told, Celsius()) == (value,)


def test_a_service_may_have_a_way_of_its_own(site: Site, here: Process, echo: Any, told: Told) -> None:
    class Own(netsvc.Service):
        def encodeObject(self, object: Any) -> tuple[str | None, Any]:
            if isinstance(object, Point):
                return "own:point", f"{object.x},{object.y}"
            return netsvc.Service.encodeObject(self, object)

        def decodeValue(self, name: str, string: str) -> Any:
            return point_from(name, string) if name == "own:point" else netsvc.Service.decodeValue(self, name, string)

    own = Own()
    assert sent_back(site, own, told, [Point(1, 2), netsvc.Date("2003-01-19")])[0][0] == Point(1, 2)
    assert sent_back(site, own, told, netsvc.Opaque("other", "1")) == (netsvc.Opaque("other", "1"),)
    assert echo.got[0][0] == netsvc.Opaque("own:point", "1,2")


def test_an_encoder_that_raises_is_told_where_the_value_is_sent(
    site: Site, echo: Any, caller: netsvc.Service, told: Told
) -> None:
    netsvc.encoder(Point, lambda point: 1 / 0)  # type: ignore[arg-type, return-value]
    with pytest.raises(netsvc.ServiceFailure) as failure:
        caller.serviceEndPoint("echo").back(Point(1, 2))
    assert failure.value.error == netsvc.CLIENT_REQUEST_ENCODING_ERROR

    echo.exportMethod(lambda: Point(1, 2), "point")
    caller.processFailure(told.four, caller.serviceEndPoint("echo").point())
    site.settle()
    assert told.lines[0][:3] == (netsvc.SERVER_RESPONSE_ENCODING_ERROR, "Response Encoding Error", "netsvc")


def test_a_decoder_that_raises_is_told_to_the_caller(site: Site, echo: Any, caller: netsvc.Service, told: Told) -> None:
    netsvc.decoder("plant:point", point_from)
    broken = netsvc.Opaque("plant:point", "oh")
    assert sent_back(site, caller, told, broken)[0] == netsvc.SERVER_REQUEST_DECODING_ERROR
    echo.exportMethod(lambda: broken, "broken")
    caller.processFailure(told.four, caller.serviceEndPoint("echo").broken())
    site.settle()
    assert told.lines[0][0] == netsvc.CLIENT_RESPONSE_DECODING_ERROR


def test_a_type_that_nobody_knows_is_refused_where_it_is_sent(echo: Any, caller: netsvc.Service) -> None:
    netsvc.encoder(Point, lambda point: ("plant:point", "1,2"))
    with pytest.raises(netsvc.ServiceFailure) as failure:
        caller.serviceEndPoint("echo").back(Celsius())
    assert failure.value.error == netsvc.CLIENT_REQUEST_ENCODING_ERROR
    assert "Celsius" in failure.value.details
