from __future__ import annotations

import pickle
import time
from copy import copy
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any

import pytest

from exchange import netsvc
from exchange.netsvc.process import Process
from tests.netsvc.site import Site
from tests.netsvc.stories import Told


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (netsvc.Date("2003-01-19"), "2003-01-19"),
        (netsvc.DateTime(" 2003-01-19T12:34:56 "), "2003-01-19T12:34:56"),
        (netsvc.Time("12:34:56"), "12:34:56"),
        (netsvc.Duration("P1DT2H3M4.5S"), "P1DT2H3M4.5S"),
        (netsvc.Duration("-PT90S"), "-P0DT0H1M30S"),
        (netsvc.Duration("P0Y0M2D"), "P2DT0H0M0S"),
        (netsvc.Duration(93784), "P1DT2H3M4S"),
        (netsvc.Duration(-1), "-P0DT0H0M1S"),
        (netsvc.Date((2003, 1, 19)), "2003-01-19"),
        (netsvc.DateTime((2003, 1, 19, 12, 34, 56, 0, 0, 0)), "2003-01-19T12:34:56"),
    ],
)
def test_a_value_is_written_as_it_is_read(value: Any, text: str) -> None:
    assert str(value) == text
    assert type(value)(text) == value


def test_a_moment_is_of_local_time_and_without_one_is_now() -> None:
    seconds = 1042980000
    local = time.localtime(seconds)
    assert netsvc.DateTime(seconds) == netsvc.DateTime(float(seconds)) == datetime(*local[:6])
    assert netsvc.Date(seconds) == date(*local[:3])
    assert netsvc.Time(seconds) == time_of_day(*local[3:6])
    assert abs(datetime.now() - netsvc.DateTime()) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (netsvc.Date, "19.1.2003"),
        (netsvc.DateTime, "2003-01-19"),
        (netsvc.Time, "noon"),
        (netsvc.Duration, "P1Y"),
        (netsvc.Duration, "1 day"),
        (netsvc.Date, "2003-02-30"),
    ],
)
def test_text_in_another_form_is_refused(kind: Any, text: str) -> None:
    with pytest.raises(ValueError, match=r"must be written|is no duration|day"):
        kind(text)


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        (netsvc.Binary(b"\x00\xff"), b"\x00\xff"),
        (netsvc.Date("2003-01-19"), date(2003, 1, 19)),
        (netsvc.DateTime("2003-01-19T12:34:56"), datetime(2003, 1, 19, 12, 34, 56)),
        (netsvc.Time("12:34:56"), time_of_day(12, 34, 56)),
        (netsvc.Duration(90), timedelta(seconds=90)),
        (netsvc.Opaque("plant:x", "1"), netsvc.Opaque("plant:x", "1")),
        ({"a": [netsvc.Date("2003-01-19"), None]}, {"a": [date(2003, 1, 19), None]}),
    ],
)
def test_a_value_travels_as_what_python_has(
    site: Site, here: Process, caller: netsvc.Service, told: Told, sent: Any, arrives: Any
) -> None:
    echo = netsvc.Service("echo")
    echo.exportMethod(lambda value: value, "back")
    caller.processResponse(told.one, caller.serviceEndPoint("echo").back(sent))
    site.settle()
    ((value,),) = told.lines
    assert value == arrives
    assert type(value) is type(arrives)


def test_values_are_copied_and_computed_with_as_those_of_python() -> None:
    moment = netsvc.DateTime("2003-01-19T12:34:56")
    assert copy(moment) == pickle.loads(pickle.dumps(moment)) == moment
    assert moment + timedelta(days=1) == datetime(2003, 1, 20, 12, 34, 56)
    assert moment.replace(year=2004) == datetime(2004, 1, 19, 12, 34, 56)
    for value in (netsvc.Date("2003-01-19"), netsvc.Time("12:34:56"), netsvc.Duration(90.5)):
        assert pickle.loads(pickle.dumps(value)) == value
    assert netsvc.Duration(90) * 2 == timedelta(seconds=180)
    assert netsvc.Binary().data == b""


def test_opaque_values_are_equal_by_type_and_data() -> None:
    opaque = netsvc.Opaque("plant:x", "1")
    assert opaque != netsvc.Opaque("plant:y", "1")
    assert opaque != "1"
    assert len({opaque, netsvc.Opaque("plant:x", "1")}) == 1
    assert repr(opaque) == "Opaque('plant:x', '1')"
