"""What one hub has told, in whatever order it came."""

from __future__ import annotations

from exchange.services.presence import Presence
from exchange.services.view import View
from exchange.wire.identities import Id, identity_of, make_id

FAR = identity_of(b"far".ljust(32))
MATH, PRESS = make_id(FAR, 16), make_id(FAR, 17)


def shown(view: View, thing: Id, number: int, in_picture: bool = True) -> bool:
    """Take a report that an instance is there."""
    is_news = view.is_news(thing, number, in_picture)
    if is_news:
        view.instances[thing] = Presence(thing, "some", (), "*", b"", None)
    return is_news


def test_of_reports_about_one_instance_the_newest_counts() -> None:
    view = View()
    assert shown(view, MATH, 5)
    assert not view.is_news(MATH, 4, False)
    assert view.is_news(PRESS, 4, False)
    assert view.is_news(MATH, 6, False)


def test_what_was_not_named_since_a_picture_began_went_unheard() -> None:
    view = View()
    shown(view, MATH, 1)
    shown(view, PRESS, 2)
    was_whole = view.is_whole
    assert view.complete(1) == []
    assert (was_whole, view.is_whole) == (False, True)
    shown(view, MATH, 4)
    assert view.complete(4) == [PRESS]


def test_the_end_of_an_older_picture_says_nothing_about_what_is_newer() -> None:
    view = View()
    shown(view, MATH, 4)
    assert view.complete(4) == []
    shown(view, PRESS, 6, in_picture=False)
    assert view.complete(1) == []


def test_what_is_older_than_a_whole_picture_is_dropped_though_its_instance_is_not_known() -> None:
    view = View()
    view.complete(7)
    assert not view.is_news(MATH, 6, True)
    assert view.is_news(MATH, 7, True)


def test_the_number_of_what_went_is_kept_as_long_as_something_older_may_come() -> None:
    view = View()
    shown(view, MATH, 5)
    assert view.is_news(MATH, 8, False)
    view.forget(MATH, is_in_order=False)
    assert not view.is_news(MATH, 6, False)
    assert view.complete(9) == []
    assert view._numbers == {}


def test_nothing_is_kept_of_what_went_if_nothing_older_can_come() -> None:
    view = View()
    shown(view, MATH, 5)
    view.forget(MATH, is_in_order=True)
    assert view._numbers == {}


def test_a_hub_that_does_not_count_is_believed_in_the_order_in_which_it_tells() -> None:
    view = View()
    assert shown(view, MATH, 0)
    assert shown(view, PRESS, 0)
    assert view.complete(None) == []
    assert shown(view, MATH, 0)
    assert view.complete(None) == [PRESS]
    view.forget(PRESS, is_in_order=True)


def test_an_empty_picture_of_a_hub_that_does_not_count_leaves_nothing() -> None:
    view = View()
    shown(view, MATH, 0, in_picture=False)
    assert view.complete(None) == [MATH]
