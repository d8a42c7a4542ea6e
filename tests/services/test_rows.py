"""What a hub tells of its links, instances, callers and subscriptions; told by `$exchange` in test_administration."""

from __future__ import annotations

from exchange.routing.usage import Answers
from exchange.services.rows import count_usage, outcomes_of, usage_rows
from tests.routing.recorder import a_hub, reply, request


def test_rows_of_who_calls_what_are_as_many_as_are_counted_those_that_went_last_first() -> None:
    story = a_hub()
    callee = story.attach_with("callee", "math")
    for name in ("first", "second", "here"):
        caller = story.attach_with(name, f"of {name}")
        story.receive(caller, request(caller.make(1), "math"))
        story.receive(callee, reply(caller.make(1)))
        if name != "here":
            story.switch.detach(caller, "left")

    rows = list(usage_rows(story.switch))
    assert [(row["offers"], row["present"]) for row in rows] == [
        (["of here"], True),
        (["of second"], False),
        (["of first"], False),
    ]
    assert count_usage(story.switch) == len(rows)


def test_what_was_refused_is_no_answer_and_what_failed_is_no_reply() -> None:
    answers = Answers()
    answers.buckets[3], answers.failures, answers.refused, answers.seconds = 5, {7: 3, "cancelled": 2}, 1, 1.5
    told = outcomes_of(answers, 0.5)

    assert told["outcomes"] == {"reply": 3, "7": 3, "cancelled": 2}
    assert told["calls"] == 8
    assert told["seconds"] == 2.0
