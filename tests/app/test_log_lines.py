"""A line of the log, for people or for programs."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from twisted.logger import ILogObserver, LogEvent, LogLevel
from twisted.python.failure import Failure

from exchange import Exchange, Service, current_call, method
from exchange.app.log_lines import JsonLines, TextLines, about
from exchange.testing import Network

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def event(form: str, **fields: Any) -> LogEvent:
    about = {"log_format": form, "log_time": 0.25, "log_level": LogLevel.info, "log_namespace": "exchange.net.link"}
    return about | fields


def lines(kind: type[TextLines] | type[JsonLines], *events: LogEvent) -> list[str]:
    stream = StringIO()
    observer: ILogObserver = kind(stream)
    for each in events:
        observer(each)
    return stream.getvalue().splitlines()


def as_json(*events: LogEvent) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(JsonLines, *events)]


def failure() -> Failure:
    try:
        raise ValueError("no\ncoffee")
    except ValueError:
        return Failure()


def test_a_line_of_json_says_when_how_grave_and_from_where_and_has_the_fields_of_the_event() -> None:
    (line,) = as_json(event("link {link} opened", link="from hosta:1", principal="alice", frames=3, is_hub=False))

    assert line == {
        "time": "1970-01-01T00:00:00.250000Z",
        "level": "info",
        "namespace": "exchange.net.link",
        "text": "link from hosta:1 opened",
        "link": "from hosta:1",
        "principal": "alice",
        "frames": 3,
        "is_hub": False,
    }


def test_a_failure_is_told_with_type_text_and_traceback_in_the_same_line() -> None:
    (line,) = as_json(event("it raised", log_failure=failure(), log_level=LogLevel.critical))

    assert line["level"] == "critical"
    assert line["failure"]["type"] == "ValueError"
    assert line["failure"]["message"] == "no\ncoffee"
    assert "test_log_lines.py" in line["failure"]["traceback"]


def test_whatever_a_stranger_sent_it_stays_one_line() -> None:
    hostile = 'a\r\nb\u2028c\x1b[2J"\ud800'

    (line,) = lines(JsonLines, event("{name}", name=hostile))

    assert line.isascii()
    assert json.loads(line)["name"] == hostile


def test_what_is_a_secret_by_its_name_is_withheld() -> None:
    (line,) = as_json(event("x", password="open", auth={"token": "sesame"}, credentials=["a"], token=None))

    assert line["password"] == "withheld"
    assert line["auth"] == {"token": "withheld"}
    assert line["credentials"] == "withheld"
    assert "sesame" not in json.dumps(line)


def test_what_is_no_plain_value_is_left_out() -> None:
    (line,) = as_json(event("x", thing=object(), seen=[1, object(), "a"], name=b"\x01\x02", ratio=float("nan")))

    assert "thing" not in line
    assert line["seen"] == [1, "a"]
    assert line["name"] == "0102"
    assert line["ratio"] == "nan"


def test_large_values_are_cut() -> None:
    deep: list[Any] = []
    deep.append(deep)

    (line,) = as_json(event("x" * 100_000, many=list(range(1000)), number=10**5000, deep=deep))

    assert len(line["text"]) == 65_537
    assert len(line["many"]) == 100
    assert line["number"].startswith("0x")
    assert line["deep"] == [[[[]]]]


def test_a_field_that_is_called_as_what_every_line_says_has_an_underscore() -> None:
    (line,) = as_json(event("closed: {text}", text="gone", level=7))

    assert line["text"] == "closed: gone"
    assert (line["text_"], line["level_"]) == ("gone", 7)
    assert "text_" not in as_json(event("{text}", text="gone"))[0]


def test_an_event_that_cannot_be_written_is_told_of() -> None:
    class Angry(dict[str, Any]):
        def items(self) -> Any:
            raise RuntimeError("no")

    (line,) = as_json(event("x", fields=Angry(a=1)))

    assert line["level"] == "error"
    assert line["text"] == "an event of the log cannot be written: RuntimeError: no"


def test_an_event_of_the_old_kind_has_its_text_and_nothing_else_of_its_own() -> None:
    old = event("{log_legacy}", log_legacy="old", message=("old",), time=0.25, system="-", isError=0)

    (line,) = as_json(old)

    assert set(line) == {"time", "level", "namespace", "text"}
    assert line["text"] == "old"


def test_a_line_for_people_is_as_twistd_writes_it() -> None:
    (line,) = lines(TextLines, event("link {link} opened", link="from hosta at hosta:1"))

    assert line.endswith(" [exchange.net.link#info] link from hosta at hosta:1 opened")


def test_a_line_for_people_says_of_link_principal_and_trace_what_its_text_does_not() -> None:
    told = event("it failed", link="from hosta", principal="alice", trace_id="4bf9", service="math")
    said = event("link {link} opened as 'alice'", link="from hosta", principal="alice")

    first, second = lines(TextLines, told, said)

    assert first.endswith("it failed (link=from hosta, principal=alice, trace_id=4bf9)")
    assert second.endswith("opened as 'alice'")


def test_a_failure_is_told_to_people_with_its_traceback_which_is_indented() -> None:
    first, *others = lines(TextLines, event("it raised", log_failure=failure()))

    assert first.endswith("it raised")
    assert others[0] == "\tTraceback (most recent call last):"
    assert all(line.startswith("\t") for line in others)


def test_nothing_that_a_stranger_sent_commands_a_terminal_or_begins_a_line() -> None:
    first, second = lines(TextLines, event("{name}", name="a\x1b[2J\r\n2026 [x] forged"))

    assert first.endswith("a\\x1b[2J\\r")
    assert second == "\t2026 [x] forged"


def test_an_event_that_says_nothing_is_no_line_for_people() -> None:
    assert lines(TextLines, {"log_time": 0.0}) == []


class Telling(Service):
    """Remembers what the log would say within its methods."""

    name = "telling"

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []

    @method
    def tell(self) -> None:
        """Look at what is said of an event."""
        assert current_call().method == "tell"
        self.seen.append(about(event("x")))


@pytest.fixture
def telling(network: Network) -> tuple[Exchange, Telling]:
    network.hub()
    caller, callee, service = network.peer(), network.peer(), Telling()
    callee.add(service)
    return caller, service


def test_what_is_logged_within_a_method_bears_the_trace_of_its_call(
    network: Network, telling: tuple[Exchange, Telling]
) -> None:
    caller, service = telling

    network.result(caller.call_for(None, "telling", "tell", (), trace={"traceparent": PARENT}))
    network.result(caller.call("telling", "tell"))

    assert service.seen == [{"trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331"}, {}]
