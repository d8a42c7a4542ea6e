"""What was made before a process serves is not looked through again."""

from __future__ import annotations

import gc

from exchange.app.collecting import set_aside


def test_what_there_is_is_not_looked_through_again_and_what_comes_is() -> None:
    before = [[]]  # type: ignore[var-annotated]
    try:
        set_aside()
        after = [[]]  # type: ignore[var-annotated]
        looked_through = {id(each) for each in gc.get_objects()}
    finally:
        gc.unfreeze()

    assert id(before) not in looked_through
    assert id(after) in looked_through
