from __future__ import annotations

from typing import Any

import pytest

import exchange.netsvc.xmlrpc
from exchange import netsvc
from exchange.netsvc.process import Process, standing_in
from tests.logbook import Logbook
from tests.netsvc.site import Site
from tests.netsvc.stories import Math
from tests.netsvc.web import ask, call

AT = "/xmlrpc/service"


@pytest.fixture
def reactor(here: Process) -> Any:
    """The reactor of a process with a gateway, made before everything else."""
    daemon = netsvc.HttpDaemon(8000, "127.0.0.1")
    daemon.attach(AT, netsvc.xmlrpc.RpcGateway("web-services"))
    daemon.start()
    return here.reactor


def test_a_service_of_another_process_is_called_through_an_exchange_made_later(site: Site, reactor: Any) -> None:
    with standing_in(site.process()):
        netsvc.Exchange(netsvc.EXCHANGE_SERVER).listen(11111, "127.0.0.1")
        Math()
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", 11111)
    site.settle()
    assert call(site, reactor, f"{AT}/math", "multiply", 6, 7) == 42


def test_a_service_of_this_process_needs_no_exchange(site: Site, reactor: Any) -> None:
    Math("database/1")
    assert call(site, reactor, f"{AT}/database/1", "multiply", 6, 7) == 42


@pytest.mark.parametrize(
    ("method", "params", "fault"),
    [
        ("divide", (), (55, "netsvc -- Method Unavailable")),
        ("own", (), (1, "app -- Bad\n\nwhy")),
        (
            "multiply",
            (1, 2, 3),
            (
                56,
                "netsvc -- Parameters Incorrect\n\nmultiply(x: Any, y: Any) takes 2 arguments, 3 came",
            ),
        ),
    ],
)
def test_faults_have_the_form_of_old(
    site: Site, reactor: Any, method: str, params: tuple[Any, ...], fault: tuple[int, str]
) -> None:
    Math()
    assert call(site, reactor, f"{AT}/math", method, *params) == fault


def test_no_traceback_goes_out(site: Site, reactor: Any, logbook: Logbook) -> None:
    Math()
    fault = call(site, reactor, f"{AT}/math", "bad")
    assert fault == (57, "netsvc -- Application Error\n\nValueError: no such thing")
    assert logbook.failures() == ["ValueError: no such thing"]


def test_a_service_that_vanishes_is_a_fault_at_once(site: Site, reactor: Any) -> None:
    math = Math()
    netsvc.Agent().startTimer(math.destroyAgent, 1)
    code, text = call(site, reactor, f"{AT}/math", "slow")
    assert code == 57
    assert text.startswith("netsvc -- Application Error\n\n")
    assert site.clock.seconds() == pytest.approx(1)


def test_a_service_that_does_not_answer_is_a_fault_in_time(site: Site, here: Process) -> None:
    Math()
    daemon = netsvc.HttpDaemon(8000, "127.0.0.1")
    daemon.attach(AT, netsvc.xmlrpc.RpcGateway("web-services", timeout=2))
    daemon.start()
    code, text = call(site, here.reactor, f"{AT}/math", "slow")
    assert code == 47
    assert text.startswith("netsvc -- Request Timeout\n\n")


@pytest.mark.parametrize("http_method", ["GET", "POST", "PUT"])
def test_an_unknown_service_is_not_found_whatever_the_http_method(site: Site, reactor: Any, http_method: str) -> None:
    Math()
    netsvc.Service("private")
    for path in (f"{AT}/absent", f"{AT}/math/", f"{AT}/private", f"{AT}/", AT):
        assert ask(site, reactor, path, http_method).status == 404, path


def test_a_known_service_takes_only_post(site: Site, reactor: Any) -> None:
    Math()
    assert ask(site, reactor, f"{AT}/math").status == 405


def test_a_body_that_is_no_call_is_a_fault(site: Site, reactor: Any) -> None:
    Math()
    answer = ask(site, reactor, f"{AT}/math", "POST", b"<not xml")
    assert answer.status == 200
    assert b"netsvc -- Request Decoding Error" in answer.body


def test_one_service_may_be_the_path_itself(site: Site, here: Process) -> None:
    Math()
    daemon = netsvc.HttpDaemon(8000, "127.0.0.1")
    daemon.attach("/math", exchange.netsvc.xmlrpc.RpcGateway("math", netsvc.SERVICE_NAME))
    daemon.start()
    assert call(site, here.reactor, "/math", "multiply", 6, 7) == 42
    assert ask(site, here.reactor, "/math/math", "POST").status == 404


def test_nothing_is_nil(site: Site, reactor: Any) -> None:
    quiet = netsvc.Service("quiet")
    quiet.joinGroup("web-services")
    quiet.exportMethod(lambda: None, "nothing")
    assert call(site, reactor, f"{AT}/quiet", "nothing") is None


class Curious(netsvc.Service):
    """A service that tells what it knows of its caller."""

    def __init__(self) -> None:
        netsvc.Service.__init__(self, "curious")
        self.joinGroup("web-services")
        self.exportMethod(self.who)
        self.exportMethod(lambda: "private", "_private")

    def who(self) -> Any:
        """Return that."""
        request = self.currentRequest()
        assert request is not None
        return [request.properties(), request.sender()]


def test_a_service_sees_where_a_request_came_from(site: Site, reactor: Any) -> None:
    Curious()
    assert call(site, reactor, f"{AT}/curious", "who") == [{"REMOTE_ADDR": "192.168.1.1"}, ""]
    named = call(site, reactor, f"{AT}/curious", "who", authorization="Basic am9lOnNlY3JldA==")
    assert named == [{"REMOTE_ADDR": "192.168.1.1"}, ""], "nobody asked who they are, so nobody knows"
    assert call(site, reactor, f"{AT}/curious", "_private") == "private"


class Guardian(netsvc.xmlrpc.RpcGateway):
    """A gateway that lets one person in."""

    def authorise(self, login: str, password: str) -> bool:
        if login == "broken":
            raise ValueError("oh")
        return (login, password) == ("joe", "secret")


@pytest.mark.parametrize("authorization", ["", "Basic eDp5", "Basic ?", "Basic am9l", "Bearer x", "Basic YnJva2VuOng="])
def test_who_is_not_authorised_is_asked_for_a_login_even_for_what_is_not_there(
    site: Site, here: Process, logbook: Logbook, authorization: str
) -> None:
    daemon = netsvc.HttpDaemon(8000, "127.0.0.1")
    daemon.attach(AT, Guardian("web-services"))
    daemon.start()
    answer = ask(site, here.reactor, f"{AT}/nothing", authorization=authorization)
    assert answer.status == 401
    assert len(logbook.failures()) == (authorization == "Basic YnJva2VuOng=")


def test_who_is_authorised_is_known_to_the_service(site: Site, here: Process) -> None:
    daemon = netsvc.HttpDaemon(8000, "127.0.0.1")
    daemon.attach(AT, Guardian("web-services"))
    daemon.start()
    Curious()
    properties = call(site, here.reactor, f"{AT}/curious", "who", authorization="Basic am9lOnNlY3JldA==")[0]
    assert properties == {"REMOTE_ADDR": "192.168.1.1", "REMOTE_USER": "joe"}
