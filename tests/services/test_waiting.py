"""How people call a call that waits."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from exchange.services.waiting import FOR_EVER, Terms, Waiting
from exchange.wire.identities import identity_of, make_id, readable


def test_a_call_is_called_by_its_method_and_whom_it_is_for() -> None:
    thing = make_id(identity_of(bytes(32)), 16)
    by_name = Waiting(Deferred(), FOR_EVER, "math", "multiply", b"", Terms())
    by_id = by_name._replace(to=thing)

    assert by_name.describe() == "'multiply' of 'math'"
    assert by_id.describe() == f"'multiply' of '{readable(thing)}'"


def test_usual_terms_wait_for_ever_and_leave_the_rest_to_the_method() -> None:
    assert Terms() == Terms(timeout=None, retry=None, context=None, resent=0, held_until=0.0)
