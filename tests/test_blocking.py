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


def test_reports_are_read_as_from_an_iterator(program: RunProgram) -> None:
    script = program("""
        from exchange.blocking import connect

        with connect(HUB) as exchange:
            feed = exchange.service("feed")
            feed.tell("nyse.ibm", [100], lifetime=-1)
            with exchange.subscribe("feed", "nyse.*") as reports:
                content, report = reports.get(timeout=30)
                print(content, report.subject, report.retained)
                reports.ready(timeout=30)
                feed.tell("nasdaq.msft", [7])
                feed.tell("nyse.sun", [1, 2, 3])
                for content, report in reports:
                    print(content, report.subject, report.retained, report.number)
                    if content == 2:
                        break
                print(reports.get())
                try:
                    reports.get(timeout=0.01)
                except TimeoutError as error:
                    print(error)
            print(list(reports))
            try:
                reports.get()
            except RuntimeError as error:
                print(error)
            feed.tell("nyse.ibm", [0])
        """)

    lines = output_of(script)

    assert lines[:3] == ["100 nyse.ibm True", "1 nyse.sun False 1", "2 nyse.sun False 2"]
    assert lines[3].startswith("(3, Report(subject='nyse.sun'")
    assert lines[4:] == [
        "nothing came in 0.01 seconds",
        "[]",
        "nothing more comes: it was cancelled, or its exchange was closed",
    ]


def test_reports_that_nobody_reads_are_dropped_and_the_next_tells_how_many(program: RunProgram) -> None:
    script = program("""
        from exchange.blocking import connect

        with connect(HUB) as exchange:
            reports, witness = exchange.subscribe("feed", "few", limit=2), exchange.subscribe("feed", "few")
            reports.ready(), witness.ready()
            exchange.service("feed").tell("few", [1, 2, 3, 4, 5])
            print([(content, report.skipped) for content, report in (witness.get() for _ in range(5))])
            print([(content, report.skipped) for content, report in (reports.get(), reports.get())])
            try:
                exchange.subscribe("feed", "few", limit=0)
            except ValueError as error:
                print(error)
        """)

    assert output_of(script) == [
        "[(1, 0), (2, 0), (3, 0), (4, 0), (5, 0)]",
        "[(4, 3), (5, 0)]",
        "the limit of a subscription must be at least 1, not 0",
    ]


def test_a_subscription_that_nobody_refers_to_ends(program: RunProgram) -> None:
    script = program("""
        import time
        from exchange.blocking import connect

        with connect(HUB) as exchange:
            feed = exchange.service("feed")
            before = feed.count_subscribers()
            for content, report in (feed.tell("one", [1], lifetime=-1), exchange.subscribe("feed", "one"))[1]:
                print(content, feed.count_subscribers() - before)
                break
            while feed.count_subscribers() > before:
                pass
            print("ended")
        """)

    assert output_of(script) == ["1 1", "ended"]


def test_instances_are_watched_coming_and_going(program: RunProgram) -> None:
    script = program("""
        from exchange.blocking import connect

        with connect(HUB) as exchange:
            stage = exchange.service("stage")
            stage.enter("hamlet")
            with exchange.watch(group="extras") as watch:
                watch.complete(timeout=30)
                print([each.name for each in watch.instances])
                stage.enter("yorick")
                print([(change.kind, change.instance.name) for change in (watch.get(30), watch.get(30))])
                stage.leave("yorick")
                stage.leave("hamlet")
                print([(change.kind, change.instance.name, change.reason) for _, change in zip("ab", watch)])
        """)

    assert output_of(script) == [
        "['hamlet']",
        "[('came', 'hamlet'), ('came', 'yorick')]",
        "[('went', 'yorick', 'withdrawn'), ('went', 'hamlet', 'withdrawn')]",
    ]


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


def test_a_twisted_program_uses_it_from_other_threads_than_the_reactors(program: RunProgram) -> None:
    script = program("""
        from twisted.internet import task, threads
        from exchange import CallError
        from exchange.blocking import connect

        def calls():
            with connect(HUB) as exchange:
                return exchange, exchange.call("math", "multiply", 6, 7)

        def waits():
            try:
                connect(HUB).call("sleepy", "sleep", timeout=None)
            except CallError as error:
                print(type(error).__name__)

        async def main(reactor):
            exchange, product = await threads.deferToThread(calls)
            print(product)
            other = await threads.deferToThread(connect, HUB)
            watch = await threads.deferToThread(other.watch)
            for function in (lambda: connect(HUB), lambda: other.call("math", "multiply", 6, 7), watch.get):
                try:
                    function()
                except RuntimeError as error:
                    print(error)
            reactor.callInThread(waits)
            while not await threads.deferToThread(other.call, "sleepy", "count_asleep"):
                pass

        task.react(main)
        """)

    lines = output_of(script)
    assert lines[0] == "42"
    assert lines[1].startswith("this thread is the reactor's own, which must not wait: use exchange.Exchange here")
    assert lines[2:4] == ["the reactor's own thread must not wait: use exchange.Exchange there, or exchange.aio"] * 2
    assert lines[4:] == ["LinkLost"]


def test_a_reactor_that_was_stopped_is_not_started_again(program: RunProgram) -> None:
    script = program("""
        from twisted.internet import reactor
        from exchange.blocking import connect

        reactor.callWhenRunning(reactor.stop)
        reactor.run()
        try:
            connect(HUB)
        except RuntimeError as error:
            print(error)
        """)

    assert output_of(script) == [
        "the reactor of this process cannot be started (ReactorNotRestartable); "
        "once it was stopped it cannot run again: connect while it runs, or leave its start to exchange.blocking"
    ]


def test_a_forked_process_connects_anew_and_its_parent_goes_on(program: RunProgram) -> None:
    script = program("""
        import os
        import warnings
        from exchange.blocking import connect

        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of every fork beside threads

        with connect(HUB) as exchange:
            reports = exchange.subscribe("feed", "*")
            child = os.fork()
            if child == 0:
                for function in (lambda: exchange.call("math", "multiply", 6, 7), reports.get):
                    try:
                        function()
                    except RuntimeError as error:
                        print(error, flush=True)
                with connect(HUB) as own:
                    print(own.call("math", "multiply", 6, 7), flush=True)
                    os._exit(0) if os.fork() else print(connect(HUB).call("math", "multiply", 6, 8), flush=True)
            else:
                os.waitpid(child, 0)
                print(exchange.call("math", "multiply", 6, 9), flush=True)
        """)
    script.wait_for("48")

    assert sorted(output_of(script)) == [
        "42",
        "48",
        "54",
        "this process was forked after the exchange was connected: connect again in it",
        "this process was forked after the exchange was connected: connect again in it",
    ]


def test_a_process_forked_from_a_twisted_program_starts_a_reactor_of_its_own(program: RunProgram) -> None:
    script = program("""
        import os
        import warnings
        from twisted.internet import task, threads
        from exchange.blocking import connect

        warnings.simplefilter("ignore", DeprecationWarning)

        def fork():
            child = os.fork()
            if child == 0:
                with connect(HUB) as exchange:
                    print(exchange.call("math", "multiply", 6, 7), flush=True)
                os._exit(0)
            return os.waitpid(child, 0)[1]

        async def main(reactor):
            print(await threads.deferToThread(fork))

        task.react(main)
        """)

    assert output_of(script) == ["42", "0"]


def test_a_name_that_is_looked_up_for_ever_holds_nothing_up(program: RunProgram) -> None:
    script = program("""
        import socket
        import threading

        socket.getaddrinfo = lambda *args: threading.Event().wait()

        from exchange import LinkRefused
        from exchange.blocking import connect

        try:
            connect("nowhere.example:11111", timeout=0.1)
        except LinkRefused as error:
            print(error.text)
        """)

    assert output_of(script) == [
        "no hub at nowhere.example:11111 took us in 0.1 seconds (nobody answers); is it running?"
    ]


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
        "multiply(x: 'int', y: 'int') -> 'int' takes 2 arguments, 1 came - delivered: False",
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
