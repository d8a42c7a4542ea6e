"""What the words of ``exchange call`` mean."""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import Deferred, DeferredQueue
from twisted.internet.task import deferLater

from exchange import Exchange, Service, method
from exchange.app.cli import calling
from exchange.app.cli.call import run
from exchange.app.cli.status import Status
from exchange.wire.identities import readable
from tests.app.cli.conftest import Command, Math, Place
from tests.system.processes import free_port


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[argparse.Namespace]:
    """The options that reach the call, which is not made."""
    options: list[argparse.Namespace] = []

    def note(given: argparse.Namespace) -> Status:
        options.append(given)
        return Status.FINE

    monkeypatch.setattr(calling, "call_and_print", note)
    return options


def test_target_and_arguments_may_be_mixed_with_options(asked: list[argparse.Namespace]) -> None:
    assert (
        run(["-t", "5", "math.multiply", "6", "--wait", "1.5", "-7", "-k", "digits=2", "-k", "name=x", "--json"]) == 0
    )

    (options,) = asked
    assert options.target == ("math", "multiply")
    assert options.arguments == [6, -7]
    assert options.named == [("digits", 2), ("name", "x")]
    assert (options.timeout, options.wait, options.output) == (5.0, 1.5, "json")


def test_what_is_not_said_has_the_documented_value(asked: list[argparse.Namespace]) -> None:
    run(["math.multiply"])

    (options,) = asked
    assert (options.arguments, options.named, options.hub) == ([], [], None)
    assert (options.timeout, options.wait, options.output) == (30.0, 0.0, "text")


def test_the_last_dot_parts_service_and_method(asked: list[argparse.Namespace]) -> None:
    run(["plant.hall-2.press.speed"])

    assert asked[0].target == ("plant.hall-2.press", "speed")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["multiply"], "expected SERVICE.METHOD, such as math.multiply, got 'multiply'"),
        ([".multiply"], "expected SERVICE.METHOD"),
        (["math."], "expected SERVICE.METHOD"),
        (["math.multiply", "-t", "soon"], "expected a number of seconds above 0, got 'soon'"),
        (["math.multiply", "-t", "0"], "expected a number of seconds above 0, got '0'"),
        (["math.multiply", "--wait", "-1"], "expected a number of seconds, 0 or more, got '-1'"),
        (["math.multiply", "-t", "nan"], "expected a number of seconds above 0, got 'nan'"),
        (["math.multiply", "-t", "inf"], "expected a number of seconds above 0, got 'inf'"),
        (["math.multiply", "-k", "digits"], "'digits' is not NAME=VALUE"),
        (["math.multiply", "-k", "y=1", "-k", "y=2"], "-k y was given 2 times"),
        ([], "the following arguments are required: SERVICE.METHOD\n"),
        (["math.multiply", "--bogus"], "unrecognized arguments: --bogus"),
    ],
)
def test_wrong_words_end_with_status_2(words: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(words)

    assert caught.value.code == 2
    assert text in capsys.readouterr().err


# The arguments, all together


@pytest.mark.parametrize(
    ("given", "args", "kwargs"),
    [
        ("[6, 7]", [6, 7], {}),
        ('{"args": [6], "kwargs": {"y": 7}}', [6], {"y": 7}),
        ('{"kwargs": {"y": 7}}', [], {"y": 7}),
        ("[]", [], {}),
    ],
)
def test_all_arguments_may_be_given_as_json(
    asked: list[argparse.Namespace], given: str, args: list[object], kwargs: dict[str, object]
) -> None:
    run(["math.multiply", "--args", given])

    assert (asked[0].arguments, dict(asked[0].named)) == (args, kwargs)


def test_all_arguments_may_be_in_a_file_or_come_from_standard_input(
    asked: list[argparse.Namespace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "readings.json").write_text('[["é", 1]]', encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"args": [6]}\n'))

    run(["math.multiply", "--args", f"@{tmp_path}/readings.json"])
    run(["math.multiply", "--args", "-", "-k", "y=7"])

    assert asked[0].arguments == [["é", 1]]
    assert (asked[1].arguments, asked[1].named) == ([6], [("y", 7)])


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--args", "6"], 'expected a list such as [6, 7], or {"args": [6], "kwargs": {"y": 7}}, got 6'),
        (["--args", "{}"], "expected a list such as [6, 7]"),
        (["--args", '{"x": 6}'], """, got {"x": 6}"""),
        (["--args", '{"args": 6}'], """, got {"args": 6}"""),
        (["--args", "[6"], ", in JSON: "),
        (["--args", "[NaN]"], ", in JSON: NaN is not JSON"),
        (["--args", "@none.json"], "none.json: cannot be read: No such file or directory"),
        (["6", "--args", "[7]"], "argument --args: arguments are given by it, or as words, and not by both"),
        (["--args", '{"kwargs": {"y": 7}}', "-k", "y=1"], "argument --args: y is given by -k, too"),
        (["--all", "--instance", "x"], "not allowed with argument --all"),
        (["-o", "xml"], "invalid choice: 'xml'"),
    ],
)
def test_arguments_that_cannot_be_end_with_status_2(
    words: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        run(["math.multiply", *words])

    assert caught.value.code == 2
    assert text in capsys.readouterr().err


# Calls at a hub


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (["math.multiply", "6", "7"], "42\n"),
        (["math.multiply", "-k", "x=6", "-k", "y=7"], "42\n"),
        (["math.multiply", "--args", "[6, 7]"], "42\n"),
        (["math.echo", "two\twords\x1b"], "two\twords\\x1b\n"),
        (["math.echo", "two words", "-j"], '"two words"\n'),
        (["math.echo", "two words", "-o", "json"], '"two words"\n'),
        (["math.echo", '[{"a": 1}, {"a": 2}]', "-o", "csv"], "a\r\n1\r\n2\r\n"),
        (["math.echo", "[1, 2]", "-o", "jsonl"], "1\n2\n"),
        (["math.echo", "1", "-k", "timeout=2", "-k", "wait=long"], '[[1], {"timeout": 2, "wait": "long"}]\n'),
    ],
)
@pytest_twisted.ensureDeferred
async def test_the_result_is_printed(verb: Command, hub: Place, words: list[str], out: str) -> None:
    assert await verb("call", *words) == (0, out, "")


@pytest.mark.parametrize(
    ("words", "status", "err"),
    [
        (["math.divide", "1", "0"], 1, "exchange call: ZeroDivisionError: division by zero\n"),
        (["math.refuse"], 1, "exchange call: out of stock \\x1b[2J (error 1001 from shop)\n"),
        (["math.todey"], 3, "exchange call: service 'math' exports no method 'todey'\n"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_a_call_that_fails_is_a_line_and_a_status(
    verb: Command, hub: Place, words: list[str], status: int, err: str
) -> None:
    assert await verb("call", *words) == (status, "", err)


def press_ids(hub: Place) -> list[str]:
    return sorted(readable(each.id) for each in hub.peer.instances("plant.press"))


@pytest_twisted.ensureDeferred
async def test_all_instances_are_called_and_each_has_a_row_whatever_came_of_it(verb: Command, hub: Place) -> None:
    text = await verb("call", "--all", "plant.press.which")
    rows = json.loads((await verb("call", "plant.press.which", "--all", "-o", "json", "--timing")).out)

    assert text.status == 1
    assert text.lines[0].split() == ["INSTANCE", "VALUE", "ERROR"]
    assert [line.split()[1:] for line in text.lines[1:]] in (
        [["1", "-"], ["-", "ValueError:", "no"]],
        [["-", "ValueError:", "no"], ["1", "-"]],
    )
    assert [row["instance"] for row in rows] == press_ids(hub)
    assert all(row["seconds"] >= 0 for row in rows)
    (failed,) = [row for row in rows if row["error"]]
    assert (failed["value"], failed["error"], failed["number"], failed["delivered"]) == (
        None,
        "ValueError: no",
        57,
        True,
    )


@pytest_twisted.ensureDeferred
async def test_all_is_fine_if_every_instance_is_and_says_why_if_none_is_there(verb: Command, hub: Place) -> None:
    fine = await verb("call", "--all", "math.multiply", "6", "-k", "y=7", "-o", "csv")
    unknown = await verb("call", "--all", "math.nothing")
    missing = await verb("call", "--all", "dusk.today")

    assert fine.status == 0
    assert fine.lines[0] == "instance,value,error,number,delivered"
    assert fine.lines[1].endswith(",42,,,true")
    assert unknown.status == 3
    assert (missing.status, missing.out) == (3, "")
    assert missing.err.startswith("exchange call: no service named 'dusk' is known at hub rome (")


@pytest_twisted.ensureDeferred
async def test_one_instance_may_be_called_by_its_id_or_how_that_begins(verb: Command, hub: Place) -> None:
    ends = [await verb("call", "--instance", each, "plant.press.which") for each in press_ids(hub)]
    (math,) = hub.peer.instances("math")

    assert sorted(end.status for end in ends) == [0, 1]
    assert await verb("call", "--instance", readable(math.id)[:4], "math.multiply", "2", "2") == (0, "4\n", "")
    assert (await verb("call", "--instance", "zz", "math.multiply", "2")).status == 3
    ambiguous = await verb("call", "--instance", press_ids(hub)[0][:4], "plant.press.which")
    assert (ambiguous.status, ambiguous.out) == (2, "")
    assert "; write more of it" in ambiguous.err


@pytest_twisted.ensureDeferred
async def test_timing_tells_how_long_it_took_and_who_answered(verb: Command, hub: Place) -> None:
    text = await verb("call", "math.multiply", "6", "7", "--timing")
    told = json.loads((await verb("call", "math.multiply", "6", "7", "--timing", "-o", "json")).out)

    (math,) = hub.peer.instances("math")
    assert text.out == "42\n"
    assert re.fullmatch(
        rf"linked with hub rome \(\S+\) in \S+ ms, answered by {readable(math.id)} in \S+ ms\n", text.err
    )
    assert told["value"] == 42
    assert told["instance"] == readable(math.id)
    assert told["hub"].startswith("hub rome (")
    assert 0 < told["called"] < 5
    assert 0 < told["linked"] < 5


@pytest_twisted.ensureDeferred
async def test_a_call_waits_for_a_service_to_appear(verb: Command, hub: Place, other: Exchange) -> None:
    running = verb("call", "--wait", "20", "late.multiply", "6", "7")
    late = Math()
    late.name = "late"
    other.add(late)

    assert await running == (0, "42\n", "")


@pytest.mark.parametrize("how", ["--all", "--timing"])
@pytest_twisted.ensureDeferred
async def test_whoever_is_named_by_what_is_known_is_waited_for_too(
    verb: Command, hub: Place, other: Exchange, how: str
) -> None:
    running = verb("call", how, "--wait", "20", "later.multiply", "6", "7")
    await deferLater(reactor, 0.1)
    late = Math()
    late.name = "later"
    other.add(late)

    ended = await running

    assert ended.status == 0
    assert "42" in ended.out


@pytest_twisted.ensureDeferred
async def test_no_answer_in_time_is_status_4_and_ctrl_c_130(verb: Command, hub: Place, other: Exchange) -> None:
    began: DeferredQueue[None] = DeferredQueue()

    class Slow(Service):
        name = "slow"

        @method
        def wait(self) -> Deferred[None]:
            began.put(None)
            return Deferred()

    other.add(Slow())
    await hub.shows("slow", 1)

    late = await verb("call", "-t", "0.1", "slow.wait")
    await began.get()
    running = verb("call", "slow.wait")
    await began.get()
    verb.interrupt()

    assert late.status == 4
    assert late.err.endswith("; whether the call was carried out is not known\n")
    assert await running == (130, "", "")


@pytest_twisted.ensureDeferred
async def test_ctrl_c_while_a_hub_is_waited_for_is_130_too(verb: Command, hub: Place) -> None:
    running = verb("call", "--hub", f"localhost:{free_port()}", "--wait", "60", "math.multiply", "6")
    verb.interrupt()

    assert await running == (130, "", "")
