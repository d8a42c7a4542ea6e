"""At which line of a file a key stands."""

from __future__ import annotations

import pytest

from exchange.app.key_places import KeyPlaces

TEXT = '''# a site
[hub]
name = "rome"   # not oslo = 5
listen = [
  "tcp:1", # one = 1
  "tcp:2",
]
join = """
[limits]
max-frame = 3
"""

[services."two words"]
"class" = 'm:C'
[services.math]
class = "m:C"
[[policy]]
call = "a.*"
[[policy]]
watch = "*"
[gateways]
web = { listen = "tcp:3", "choice" = "sticky" }
[ logging ]  # spaces
levels."exchange.net" = "debug"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("hub name", 3),
        ("hub listen", 4),
        ("hub join", 8),
        ("services two-words class", 14),
        ("services math class", 16),
        ("policy 1 call", 18),
        ("policy 2 watch", 20),
        ("gateways web listen", 22),
        ("gateways web choice", 22),
        ("logging levels", 24),
        ("hub", 2),
        ("hub oslo", None),
        ("limits max-frame", None),
        ("policy 1 watch", None),
        ("policy 3 call", None),
        ("nothing", None),
        ("hub name more", None),
    ],
)
def test_a_key_stands_where_it_is_written(path: str, line: int | None) -> None:
    places = KeyPlaces(TEXT)

    assert places.line_of(tuple(each.replace("two-words", "two words") for each in path.split())) == line
