"""The figures of scale.md are those of what really happens in a mesh."""

from __future__ import annotations

import pytest

from tests.simulation.scale import main, measure

pytestmark = pytest.mark.heavy


@pytest.mark.parametrize(("hubs", "services"), [(3, 30), (10, 100)])
def test_one_that_joins_hears_of_all_that_is_elsewhere_and_tells_all_its_own_to_each(hubs: int, services: int) -> None:
    figures = measure(hubs, services)
    share = services // hubs

    assert figures.heard == services - share
    assert figures.told == share * (hubs - 1)


def test_frames_and_memory_grow_as_the_services_do() -> None:
    few, many = measure(3, 300), measure(3, 3_000)

    assert many.bytes == pytest.approx(10 * few.bytes, rel=0.1)
    assert many.memory == pytest.approx(10 * few.memory, rel=0.3)
    assert many.shown == pytest.approx(10 * few.shown, rel=0.1)


def test_the_script_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--hubs", "3", "4", "--services", "100"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert [line.split("|")[1:5] for line in lines[2:]] == [
        [" 3 ", " 100 ", " 3 ", " 200 "],
        [" 4 ", " 100 ", " 6 ", " 300 "],
    ]
