from __future__ import annotations

from exchange.netsvc.guarded import Guarded
from tests.logbook import Logbook


def test_what_was_raised_is_logged_with_the_class_whose_callback_it_was(logbook: Logbook) -> None:
    class Press(Guarded):
        pass

    try:
        raise ValueError("oh")
    except ValueError:
        Press().unexpectedException()
    assert logbook.lines("a callback of Press raised")
    assert logbook.failures() == ["ValueError: oh"]
