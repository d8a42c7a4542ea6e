"""Subscriptions and watches as asynchronous iterators, in programs on asyncio against a real hub."""

from __future__ import annotations

import pytest

from tests.callers import programs
from tests.callers.programs import RunProgram, output_of

pytestmark = pytest.mark.system

process, port, program = programs.process, programs.port, programs.program


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
