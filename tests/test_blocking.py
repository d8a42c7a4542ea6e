"""An exchange for scripts and threads, in programs of their own against a real hub."""

from __future__ import annotations

import pytest

from tests.callers import programs
from tests.callers.programs import PATHS, RunProgram, example, output_of, start_site, wait_for_sleeper
from tests.system.conftest import StartProcess
from tests.system.processes import free_port

pytestmark = pytest.mark.system

process, port, program = programs.process, programs.port, programs.program


def test_a_script_calls_and_ends(program: RunProgram) -> None:
    script = program("""
        from exchange.blocking import connect

        with connect(HUB) as exchange:
            print(exchange.service("math").multiply(6, 7))
            print(exchange.call("math", "divide", 1, y=4))
            print([outcome.value for outcome in exchange.call_all("math", "multiply", 2, 3).values()])
            print(sorted(exchange.describe("math").methods), exchange.ping("math") < 10)
            print(exchange.service("math").multiply, [each.name for each in exchange.instances(group="web-services")])
        """)

    assert output_of(script) == [
        "42",
        "0.25",
        "[6]",
        "['divide', 'multiply'] True",
        "<method math.multiply> ['math']",
    ]


def test_a_script_that_closes_nothing_ends_all_the_same(program: RunProgram) -> None:
    script = program("""
        import sys
        from exchange.blocking import connect

        exchange = connect(HUB)
        feed, watch = exchange.subscribe("feed", "*"), exchange.watch()
        print(exchange.call("math", "multiply", 6, 7))
        sys.exit(3)
        """)

    assert script.wait() == 3, script.story()
    assert (script.output, script.errors) == ("42\n", "")


def test_errors_are_those_of_the_asynchronous_face_and_their_tracebacks_are_short(program: RunProgram) -> None:
    script = program("""
        import traceback
        from exchange import BadArguments, CallTimeout, MethodUnavailable, RemoteError, ServiceUnavailable
        from exchange.blocking import connect

        def told(error, call, *args, **kwargs):
            try:
                call(*args, **kwargs)
            except error as raised:
                frames = traceback.extract_tb(raised.__traceback__)
                places = {frame.filename.split("exchange/")[-1] for frame in frames[2:]}
                print(type(raised).__name__, raised.delivered, len(frames), *sorted(places), raised.__context__)

        with connect(HUB) as exchange:
            told(RemoteError, exchange.call, "math", "divide", 1, 0)
            told(MethodUnavailable, exchange.service("math").subtract, 1)
            told(BadArguments, exchange.service("math").multiply, 1)
            told(ServiceUnavailable, exchange.call, "nobody", "answers", wait=0.01)
            told(CallTimeout, exchange.call, "sleepy", "sleep", timeout=0.01)
        """)

    assert output_of(script) == [
        "RemoteError True 3 callers/crossing.py None",
        "MethodUnavailable False 3 callers/crossing.py None",
        "BadArguments False 3 callers/crossing.py None",
        "ServiceUnavailable False 3 callers/crossing.py None",
        "CallTimeout None 3 callers/crossing.py None",
    ]


def test_many_threads_call_at_once(program: RunProgram) -> None:
    script = program("""
        from concurrent.futures import ThreadPoolExecutor
        from exchange.blocking import connect

        def work(number):
            with connect(HUB) as own:
                return [exchange.service("math").multiply(number, n) + own.call("math", "multiply", number, n)
                        for n in range(10)]

        with connect(HUB) as exchange, ThreadPoolExecutor(8) as pool:
            print(list(pool.map(work, range(8))) == [[2 * number * n for n in range(10)] for number in range(8)])
        """)

    assert output_of(script) == ["True"]


def test_ctrl_c_interrupts_a_call_and_the_method_is_cancelled(
    process: StartProcess, port: int, program: RunProgram
) -> None:
    script = program("""
        from exchange.blocking import connect

        with connect(HUB) as exchange:
            sleepy = exchange.service("sleepy", timeout=None)
            before = sleepy.count_cancelled()
            for doing, wait in (("calls", sleepy.sleep), ("watches", exchange.watch(name="nobody").get)):
                try:
                    print(doing, flush=True)
                    wait()
                except KeyboardInterrupt:
                    print("interrupted", flush=True)
            while sleepy.count_cancelled() == before:
                pass
            print("cancelled")
        """)

    script.wait_for("calls")
    wait_for_sleeper(process, port)
    script.interrupt()
    script.wait_for("watches")
    script.interrupt()

    assert output_of(script) == ["calls", "interrupted", "watches", "interrupted", "cancelled"]


def test_where_there_is_no_hub_connect_says_so_in_time(program: RunProgram) -> None:
    script = program(f"""
        import time
        from exchange import ConfigurationError, LinkRefused
        from exchange.blocking import connect

        for hubs in (["localhost:{free_port()}"], ["tcp:localhost:{free_port()}", "localhost:{free_port()}"]):
            began = time.monotonic()
            try:
                connect(*hubs, timeout=0.5)
            except LinkRefused as error:
                print(error.code, error.text.replace(" or ".join(hubs), "HUBS"), time.monotonic() - began < 5)
        began = time.monotonic()
        try:
            connect(HUB, group="plant", timeout=60)
        except LinkRefused as error:
            print(error.code, error.text.startswith(f"the hub at {{HUB}} does not take us: "))
        try:
            connect("nonsense")
        except ConfigurationError as error:
            print(error)
        print(time.monotonic() - began < 30)
        with connect(hubs[0], HUB) as exchange:
            print(exchange.call("math", "multiply", 6, 7))
        """)

    unreachable = "unreachable no hub at HUBS took us in 0.5 seconds (nobody listens there); is it running? True"
    lines = output_of(script)
    assert lines[:3] == [unreachable, unreachable, "group True"]
    assert lines[3].startswith("'nonsense' cannot be dialled: ")
    assert lines[4:] == ["True", "42"]


def test_a_hub_that_comes_later_is_waited_for_and_one_that_is_lost_is_found_again(
    process: StartProcess, program: RunProgram
) -> None:
    port = free_port()
    script = program(f"""
        from exchange import CallError
        from exchange.blocking import connect

        print("connects", flush=True)
        with connect("localhost:{port}", timeout=60) as exchange:
            try:
                exchange.call("sleepy", "sleep", timeout=None)
            except CallError as error:
                print(type(error).__name__, error.delivered, flush=True)
            print(exchange.call("math", "multiply", 6, 7, wait=60))
        """)

    script.wait_for("connects")
    hub = start_site(process, port)
    wait_for_sleeper(process, port)
    hub.end()
    script.wait_for("LinkLost")
    start_site(process, port)

    assert output_of(script) == ["connects", "LinkLost None", "42"]


def test_a_closed_exchange_says_so_and_whoever_still_waits_is_told(program: RunProgram) -> None:
    script = program("""
        import threading
        from exchange import CallError
        from exchange.blocking import connect

        exchange = connect(HUB)
        told = {}

        def wait(place, function, *args):
            try:
                told[place] = function(*args)
            except (CallError, RuntimeError) as error:
                told[place] = type(error).__name__

        reports, watch = exchange.subscribe("nobody", "*"), exchange.watch(name="nobody")
        waits = [(exchange.call, "sleepy", "sleep"), (watch.get,), (list, reports), (list, watch)]
        threads = [threading.Thread(target=wait, args=(place, *args)) for place, args in enumerate(waits)]
        for thread in threads:
            thread.start()
        watch.complete()
        exchange.close()
        exchange.close()
        for thread in threads:
            thread.join()
        print(*(told[place] for place in sorted(told)))
        for function in (exchange.instances, exchange.watch, watch.complete, lambda: exchange.service("math")):
            try:
                function()
            except RuntimeError as error:
                print(error)
        """)

    lines = output_of(script)
    call, *others = lines[0].split()
    assert call in ("LinkLost", "RuntimeError")
    assert others == ["Over", "[]", "[]"]
    assert lines[1:] == ["this exchange is closed; connect again"] * 4


def test_a_notebook_whose_thread_runs_a_loop_of_its_own_uses_it(program: RunProgram) -> None:
    script = program("""
        import asyncio
        from exchange.blocking import connect

        async def cell():
            with connect(HUB) as exchange:
                print(exchange.call("math", "multiply", 6, 7))

        asyncio.run(cell())
        """)

    assert output_of(script) == ["42"]


def test_the_script_of_the_guide_runs(process: StartProcess, port: int) -> None:
    script = process("python", example("script.py"), f"localhost:{port}", env=PATHS)

    assert output_of(script) == [
        "42",
        "[0, 1, 4, 9, 16]",
        "['math']",
        "multiply(x: int, y: int) takes 2 arguments, 1 came - delivered: False",
    ]


def test_the_reader_of_the_guide_runs(process: StartProcess, port: int, program: RunProgram) -> None:
    reader = process("python", example("reader.py"), f"localhost:{port}", env=PATHS, ready="reading")
    output_of(
        program("""
        from exchange.blocking import connect

        with connect(HUB) as exchange:
            feed = exchange.service("feed")
            feed.tell("nyse.ibm", [101, 102])
            feed.tell("nyse.close", [None])
        """)
    )

    assert output_of(reader) == [
        "reading",
        "nyse.ibm 101 and missed 0",
        "nyse.ibm 102 and missed 0",
        "nyse.close None and missed 0",
    ]


def test_whoever_has_credentials_shows_them(program: RunProgram) -> None:
    script = program("""
        from exchange import LinkRefused, Token
        from exchange.blocking import connect

        try:
            connect(HUB, credentials=Token("press", "a-token-of-the-press"), timeout=0.5)
        except LinkRefused as refusal:
            print(refusal.code, "'open' only, not 'token'" in refusal.text)
        """)

    assert output_of(script) == ["mechanism True"]
