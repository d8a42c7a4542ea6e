"""Subscriptions and watches as iterators, in scripts against a real hub."""

from __future__ import annotations

import pytest

from tests.callers import programs
from tests.callers.programs import RunProgram, output_of

pytestmark = pytest.mark.system

process, port, program = programs.process, programs.port, programs.program


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


def test_whoever_reads_reports_may_be_told_of_publishers(program: RunProgram) -> None:
    script = program("""
        from queue import Queue
        from exchange.blocking import connect

        told = Queue()

        with connect(HUB) as exchange:
            stage = exchange.service("stage", user="ann", properties={"seat": "7"})
            with exchange.subscribe("ophelia", "*", overflow="latest", publishers=told.put):
                stage.enter("ophelia")
                print(told.get(timeout=30).kind)
                stage.leave("ophelia")
                change = told.get(timeout=30)
                print(change.kind, change.reason)
        """)

    assert output_of(script) == ["came", "went withdrawn"]


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
        "the limit of a subscription must be a whole number, at least 1, not 0",
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
