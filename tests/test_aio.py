"""An exchange for programs on asyncio, in programs of their own against a real hub."""

from __future__ import annotations

import pytest

from tests.callers import programs
from tests.callers.programs import PATHS, RunProgram, example, output_of, wait_for_sleeper
from tests.system.conftest import StartProcess
from tests.system.processes import free_port

pytestmark = pytest.mark.system

process, port, program = programs.process, programs.port, programs.program


def test_a_program_on_asyncio_calls_and_ends(program: RunProgram) -> None:
    script = program("""
        import asyncio
        import exchange.aio

        async def main():
            async with exchange.aio.connect(HUB) as x:
                math = x.service("math")
                print(await math.multiply(6, 7), await x.call("math", "divide", 1, y=4))
                print(await asyncio.gather(*(asyncio.create_task(math.multiply(n, n)) for n in range(4))))
                print([outcome.value for outcome in (await x.call_all("math", "multiply", 2, 3)).values()])
                print(sorted((await x.describe("math")).methods), await x.ping("math") < 10)
                print([each.name for each in await x.instances(group="web-services")])

        asyncio.run(main())
        """)

    assert output_of(script) == ["42 0.25", "[0, 1, 4, 9]", "[6]", "['divide', 'multiply'] True", "['math']"]


def test_a_connection_can_be_awaited_and_left_open(program: RunProgram) -> None:
    script = program("""
        import asyncio
        import exchange.aio

        async def main():
            x = await exchange.aio.connect(HUB)
            print(await x.service("math").multiply(6, 7))
            await x.close()
            await x.close()
            for use in (lambda: x.call("math", "multiply", 6, 7), lambda: x.instances()):
                try:
                    await use()
                except RuntimeError as error:
                    print(error)
            open = await exchange.aio.connect(HUB)
            print(await open.service("math").multiply(6, 8))

        asyncio.run(main())
        print("ends")
        """)

    assert output_of(script) == [
        "42",
        "this exchange is closed; connect again",
        "this exchange is closed; connect again",
        "48",
        "ends",
    ]


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


def test_to_cancel_the_task_cancels_the_method(process: StartProcess, port: int, program: RunProgram) -> None:
    script = program("""
        import asyncio
        import sys
        import exchange.aio
        from exchange import CallTimeout

        async def main():
            async with exchange.aio.connect(HUB) as x:
                sleepy = x.service("sleepy")
                before = await sleepy.count_cancelled()
                sleeping = asyncio.create_task(sleepy.sleep())
                while not await sleepy.count_asleep():
                    pass
                sleeping.cancel()
                try:
                    await sleeping
                except asyncio.CancelledError:
                    print("cancelled")
                while await sleepy.count_cancelled() == before:
                    pass
                try:
                    async with asyncio.timeout(0.05):
                        await sleepy.sleep()
                except TimeoutError:
                    print("the time of the task is up")
                try:
                    await x.call("sleepy", "sleep", timeout=0.05)
                except TimeoutError:
                    print("a time-out of asyncio")
                except CallTimeout as error:
                    print("the time of the call is up", error.delivered)
                await asyncio.gather(sleepy.sleep(), x.watch(name="nobody").get())

        try:
            asyncio.run(main())
        except KeyboardInterrupt:
            print("interrupted")
        """)

    script.wait_for("the time of the call is up")
    wait_for_sleeper(process, port)
    script.interrupt()

    assert output_of(script) == [
        "cancelled",
        "the time of the task is up",
        "the time of the call is up None",
        "interrupted",
    ]


def test_errors_are_those_of_twisted_programs_and_their_tracebacks_are_short(program: RunProgram) -> None:
    script = program("""
        import asyncio
        import traceback
        import exchange.aio
        from exchange import BadArguments, RemoteError, ServiceUnavailable

        async def told(error, call):
            try:
                await call
            except error as raised:
                frames = traceback.extract_tb(raised.__traceback__)
                print(type(raised).__name__, raised.delivered, len(frames), raised.__context__)

        async def main():
            async with exchange.aio.connect(HUB) as x:
                await told(RemoteError, x.call("math", "divide", 1, 0))
                await told(BadArguments, x.service("math").multiply(1))
                await told(ServiceUnavailable, x.call("nobody", "answers", wait=0.01))

        asyncio.run(main())
        """)

    assert output_of(script) == [
        "RemoteError True 3 None",
        "BadArguments False 2 None",
        "ServiceUnavailable False 3 None",
    ]


def test_reports_and_changes_are_read_with_async_for(program: RunProgram) -> None:
    script = program("""
        import asyncio
        import exchange.aio

        async def main():
            async with exchange.aio.connect(HUB) as x:
                feed, stage = x.service("feed"), x.service("stage")
                async with x.subscribe("feed", "nyse.*") as reports, x.watch(group="extras") as watch:
                    await reports.ready()
                    await watch.complete()
                    await feed.tell("nyse.sun", [1, 2, 3])
                    async for content, report in reports:
                        print(content, report.subject, report.number)
                        if content == 3:
                            break
                    await stage.enter("hamlet")
                    await stage.leave("hamlet")
                    async for change in watch:
                        print(change.kind, change.instance.name, change.reason)
                        if change.kind == "went":
                            break
                    print([each.name for each in watch.instances])
                    latest = x.subscribe("feed", "nyse.*", limit=1)
                    await latest.ready()
                    await feed.tell("nyse.sun", [4, 5, 6])
                    print([(await reports.get())[0] for _ in range(3)], (await latest.get())[1].skipped)
                before = await feed.count_subscribers()
                del latest
                while await feed.count_subscribers() == before:
                    pass
                rest = [each async for each in reports]
                print(rest)
                endless = asyncio.create_task(x.subscribe("feed", "*").get())
                never = asyncio.create_task(x.watch(name="nobody").get())
                sleeping = asyncio.create_task(x.call("sleepy", "sleep"))
                while not await x.call("sleepy", "count_asleep"):
                    pass
            for waiting in (endless, never, sleeping):
                print(type((await asyncio.wait_for(asyncio.gather(waiting, return_exceptions=True), 30))[0]).__name__)

        asyncio.run(main())
        """)

    lines = output_of(script)
    assert lines[:3] == ["1 nyse.sun 1", "2 nyse.sun 2", "3 nyse.sun 3"]
    assert lines[3:6] == ["came hamlet ", "went hamlet withdrawn", "[]"]
    assert lines[6:] == ["[4, 5, 6] 2", "[]", "Over", "Over", "LinkLost"]


def test_services_are_added_whose_methods_await_what_asyncio_gives_and_deferreds(program: RunProgram) -> None:
    script = program("""
        import asyncio
        import exchange.aio
        from exchange import RemoteError, Service, current_call, method

        class Both(Service):
            name = "both"

            @method
            async def square(self, x):
                await asyncio.sleep(0)
                product = await self.exchange.call("math", "multiply", x, x)
                async with asyncio.timeout(30):
                    await asyncio.sleep(0.001)
                return product, current_call().method

            @method
            async def fail(self):
                try:
                    await self.exchange.call("math", "divide", 1, 0)
                except RemoteError as error:
                    await asyncio.sleep(0)
                    raise ValueError(str(error)) from None

            @method
            async def wait(self, for_deferred):
                try:
                    print("waits")
                    if for_deferred:
                        await self.exchange.call("sleepy", "sleep")
                    else:
                        await asyncio.Event().wait()
                finally:
                    print("ends")

        async def main():
            async with exchange.aio.connect(HUB) as x, exchange.aio.connect(HUB) as caller:
                both = Both()
                x.add(both)
                print(await caller.call("both", "square", 3, wait=30))
                try:
                    await caller.call("both", "fail")
                except RemoteError as error:
                    print(error)
                cancelled = await caller.call("sleepy", "count_cancelled")
                for for_deferred in (False, True):
                    waiting = asyncio.create_task(caller.call("both", "wait", for_deferred))
                    while for_deferred and not await caller.call("sleepy", "count_asleep"):
                        pass
                    await caller.ping("both")
                    waiting.cancel()
                    await caller.ping("both")
                    await asyncio.sleep(0)
                while await caller.call("sleepy", "count_cancelled") == cancelled:
                    pass
                x.remove(both)

        asyncio.run(main())
        """)

    assert script.wait() == 0, script.story()
    assert script.output.splitlines() == [
        "(9, 'square')",
        "ValueError: ZeroDivisionError: division by zero",
        "waits",
        "ends",
        "waits",
        "ends",
    ]
    assert "a method raised after its call had ended" not in script.errors
    assert "never awaited" not in script.errors


def test_where_there_is_no_hub_connect_says_so_in_time(program: RunProgram) -> None:
    script = program(f"""
        import asyncio
        import exchange.aio
        from exchange import ConfigurationError, LinkRefused

        async def told(*hubs, **settings):
            try:
                async with exchange.aio.connect(*hubs, **settings):
                    print("linked")
            except LinkRefused as error:
                print(error.code, hubs[0] in error.text)
            except ConfigurationError as error:
                print(error)

        async def main():
            await told("localhost:{free_port()}", timeout=0.2)
            await told(HUB, group="plant", timeout=60)
            await told("localhost:{free_port()}", HUB)
            await told("nonsense")

        asyncio.run(main())
        """)

    lines = output_of(script)
    assert lines[:3] == ["unreachable True", "group True", "linked"]
    assert lines[3].startswith("'nonsense' cannot be dialled")


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


def test_the_program_of_the_guide_runs(process: StartProcess, port: int) -> None:
    script = process("python", example("on_asyncio.py"), f"localhost:{port}", env=PATHS)

    assert output_of(script) == ["42", "[0, 1, 4, 9, 16]", "came slow", "42"]
