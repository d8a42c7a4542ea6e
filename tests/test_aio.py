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
        "RemoteError True 2 None",
        "BadArguments False 2 None",
        "ServiceUnavailable False 2 None",
    ]


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


def test_a_method_or_a_callback_that_would_end_the_program_ends_neither_tasks_nor_calls(program: RunProgram) -> None:
    script = program("""
        import asyncio
        import sys
        import exchange.aio
        from exchange import RemoteError, Service, method

        class Leaving(Service):
            name = "leaving"

            @method
            async def now(self):
                sys.exit("now")

            @method
            async def later(self):
                await asyncio.sleep(0)
                sys.exit("later")

        async def changed(change):
            await asyncio.sleep(0)
            told.set()
            sys.exit("a callback")

        async def tick():
            ticks = 0
            while not over.is_set():
                await asyncio.sleep(0.001)
                ticks += 1
            return ticks > 0

        async def main():
            global told, over
            told, over = asyncio.Event(), asyncio.Event()
            ticking = asyncio.create_task(tick())
            async with exchange.aio.connect(HUB) as x, exchange.aio.connect(HUB) as caller:
                reports = caller.subscribe("leaving", "*", publishers=changed)
                x.add(Leaving())
                await told.wait()
                for name in ("now", "later"):
                    try:
                        await caller.call("leaving", name, wait=30)
                    except RemoteError as error:
                        print(error, error.delivered)
                print(await caller.call("math", "multiply", 6, 7))
                over.set()
                print(await ticking)

        asyncio.run(main())
        """)

    assert script.wait() == 0, script.story()
    assert script.output.splitlines() == ["SystemExit: now True", "SystemExit: later True", "42", "True"]


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


def test_the_program_of_the_guide_runs(process: StartProcess, port: int) -> None:
    script = process("python", example("on_asyncio.py"), f"localhost:{port}", env=PATHS)

    assert output_of(script) == ["42", "[0, 1, 4, 9, 16]", "came slow", "42"]


def test_whoever_has_credentials_shows_them(program: RunProgram) -> None:
    script = program("""
        import asyncio
        from exchange import LinkRefused, Token
        from exchange.aio import connect

        async def main():
            try:
                await connect(HUB, credentials=Token("press", "a-token-of-the-press"), timeout=0.5)
            except LinkRefused as refusal:
                print(refusal.code, "'open' only, not 'token'" in refusal.text)

        asyncio.run(main())
        """)

    assert output_of(script) == ["mechanism True"]
