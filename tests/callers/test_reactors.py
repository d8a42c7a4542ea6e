"""Which reactor a process has, and when it is another: in programs of their own against a real hub."""

from __future__ import annotations

import pytest

from tests.callers import programs
from tests.callers.programs import RunProgram, output_of

pytestmark = pytest.mark.system

process, port, program = programs.process, programs.port, programs.program


# In a thread of its own


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


# On a loop


def test_several_loops_one_after_another_each_have_a_reactor_and_leave_nothing(program: RunProgram) -> None:
    script = program("""
        import asyncio
        import os
        import threading
        import exchange.aio

        async def main():
            async with exchange.aio.connect(HUB) as x, exchange.aio.connect(HUB) as other:
                product = await x.service("math").multiply(6, 7)
                await other.service("math").multiply(6, 7)
            return product, len(os.listdir("/proc/self/fd"))

        products, descriptors = zip(*(asyncio.run(main()) for _ in range(5)))
        print(products, descriptors[1:] == descriptors[:1] * 4)
        """)

    assert output_of(script) == ["(42, 42, 42, 42, 42) True"]


def test_where_another_reactor_is_installed_connect_names_the_mend(program: RunProgram) -> None:
    script = program("""
        import asyncio
        from twisted.internet import reactor
        import exchange.aio
        import exchange.blocking

        async def main():
            try:
                await exchange.aio.connect(HUB)
            except RuntimeError as error:
                print(type(reactor).__name__ in str(error), error)

        asyncio.run(main())
        with exchange.blocking.connect(HUB) as x:
            print(x.call("math", "multiply", 6, 7))
        """)

    lines = output_of(script)
    assert lines[0].startswith("True this process has a ")
    assert "connect before anything imports twisted.internet.reactor, or use exchange.blocking" in lines[0]
    assert lines[1] == "42"


def test_a_loop_that_is_not_closed_keeps_the_reactor(program: RunProgram) -> None:
    script = program("""
        import asyncio
        import exchange.aio

        async def call():
            async with exchange.aio.connect(HUB) as x:
                return await x.call("math", "multiply", 6, 7)

        async def use(x):
            await x.call("math", "multiply", 6, 7)

        first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
        x = first.run_until_complete(exchange.aio.connect(HUB)._connect())
        for doing in (call(), use(x)):
            try:
                second.run_until_complete(doing)
            except RuntimeError as error:
                print(error)
        print(first.run_until_complete(call()))
        first.run_until_complete(x.close())
        first.close()
        print(second.run_until_complete(call()))
        second.close()
        """)

    assert output_of(script) == [
        "the reactor of this process is on another event loop, which is not closed: "
        "connect on that loop, or close it first, as asyncio.run() does at its end",
        "this exchange was connected on another event loop: connect on this one, too",
        "42",
        "42",
    ]


def test_an_asyncio_reactor_that_the_program_runs_is_used(program: RunProgram) -> None:
    script = program("""
        import asyncio
        from twisted.internet import asyncioreactor

        loop = asyncio.new_event_loop()
        asyncioreactor.install(loop)

        from twisted.internet import reactor, task
        from twisted.internet.defer import Deferred
        import exchange.aio

        async def call():
            async with exchange.aio.connect(HUB) as x:
                return await x.call("math", "multiply", 6, 7)

        async def main(reactor):
            print(await Deferred.fromFuture(loop.create_task(call())))

        task.react(main)
        """)

    assert output_of(script) == ["42"]


def test_threads_of_a_program_on_asyncio_use_the_blocking_face_and_scripts_go_on_with_it(program: RunProgram) -> None:
    script = program("""
        import asyncio
        import exchange.aio
        from exchange.blocking import connect

        def call():
            with connect(HUB) as x:
                return x.call("math", "multiply", 6, 7)

        async def main():
            async with exchange.aio.connect(HUB) as x:
                print(await asyncio.to_thread(call), await x.call("math", "multiply", 6, 8))
                try:
                    call()
                except RuntimeError as error:
                    print(error)

        asyncio.run(main())
        print(call())
        """)

    lines = output_of(script)
    assert lines[0] == "42 48"
    assert lines[1].startswith("this thread is the reactor's own, which must not wait")
    assert lines[2] == "42"
