"""A typed stub is what type checkers take, and says what the description says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypedDict

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import Service, method
from exchange.app.cli.stub_text import STYLES, StubText, Style
from exchange.services.description import Description
from exchange.testing import Network


@dataclass
class Point:
    """A place."""

    x: float
    y: float = 0.0
    tags: list[str] = field(default_factory=list)


class Order(TypedDict):
    """What somebody wants."""

    goods: str
    to: Point
    inner: Order | None


class Shop(Service):
    """Sells things.

    At a good "price".
    """

    name = "shop"

    @method
    def list(self, begin: str = "", /, *, most: int | None = None, kind: Literal["dry", "wet"] = "dry") -> list[str]:
        """Return what there is \\ or \"\"\"was\"\"\"."""
        return []

    @method
    def order(self, what: Order, *more: Order, **notes: str) -> tuple[int, ...]:
        return ()

    @method
    def where(self, when: date | None = None, rate: float = 1, odd: int = 2**300) -> dict[str, Point]:
        """Say where things are."""
        return {}

    @method(name="admin.close")
    def close(self) -> None:
        """Close it."""

    @method(name="admin")
    def admin(self) -> bool:
        return True

    @method(name="what-else")
    def else_(self, anything: Any) -> Any:
        return anything


def described(service: Service) -> Description:
    network = Network()
    hub = network.hub()
    hub.add(service)
    network.settle()
    answer: Description = network.result(hub.describe(service.name))
    network.close()
    return answer


def lines(style: Style = "deferred", **changes: Any) -> list[str]:
    return StubText(described(Shop()), style, **changes).lines()


def test_methods_have_their_parameters_types_defaults_and_documentation() -> None:
    text = "\n".join(lines())

    assert "class Shop(Protocol):\n" in text
    assert "        begin: str = '',\n        /,\n        *,\n        most: int | None = None,\n" in text
    assert "        kind: Literal['dry', 'wet'] = 'dry',\n    ) -> Deferred[list_[str]]:\n" in text
    assert "    def order(self, what: Order, *more: Order, **notes: str) -> Deferred[tuple[int, ...]]: ..." in text
    assert "    def where(self, when: date | None = None, rate: float = 1, odd: int = ...) -> " in text
    assert '        """Say where things are."""' in text


def test_a_name_that_a_method_hides_is_imported_under_another() -> None:
    text = "\n".join(lines())

    assert "from builtins import list as list_" in text
    assert "-> Deferred[list_[str]]:" in text


def test_records_are_typed_dicts_whose_fields_with_defaults_may_be_missing() -> None:
    text = "\n".join(lines())

    assert 'class Point(TypedDict):\n    """A place."""\n\n    x: float\n    y: NotRequired[float]\n' in text
    assert "    tags: NotRequired[list_[str]]\n" in text
    assert "    inner: Order | None\n" in text


def test_dotted_names_are_attributes_of_attributes_and_others_items() -> None:
    text = "\n".join(lines())

    assert "    @property\n    def admin(self) -> ShopAdmin: ..." in text
    assert "class ShopAdmin(Protocol):\n    def __call__(self) -> Deferred[bool]: ...\n\n    def close(self)" in text
    assert "    # No attribute can be called 'what-else': write it['what-else'](...)\n" in text
    assert "    def __getitem__(self, method: str, /) -> Callable[..., Deferred[Any]]: ..." in text


def test_each_style_says_what_a_call_gives() -> None:
    assert "    async def order(self, what: Order, *more: Order, **notes: str) -> tuple[int, ...]: ..." in lines(
        "await"
    )
    assert "    def order(self, what: Order, *more: Order, **notes: str) -> tuple[int, ...]: ..." in lines("blocking")
    assert "    # No attribute can be called 'what-else': exchange.call has it" in lines("blocking")
    assert lines("await")[2:4] == ["Made by: exchange stub shop --style await", ""]


def test_the_class_may_be_called_otherwise() -> None:
    assert "class Store(Protocol):" in lines(wanted="Store")


USE = """
from typing import cast

from exchange import Exchange
from shop import Order, Shop
from shop_await import Shop as AwaitedShop
from shop_blocking import Shop as BlockingShop


async def sell(exchange: Exchange, awaited: AwaitedShop, blocking: BlockingShop) -> None:
    shop = cast("Shop", exchange.service("shop"))
    reveal_type(await shop.list(most=3, kind="wet"))
    order: Order = {"goods": "nuts", "to": {"x": 1}, "inner": None}
    reveal_type(await shop.order(order, order, note="soon"))
    await shop.admin.close()
    reveal_type(await shop.admin())
    await shop["what-else"](1)
    reveal_type(await awaited.list(most=3))
    reveal_type(blocking.list(most=3))
    await shop.list(7)
    await shop.order({"goods": "nuts"})
    await shop.nothing()
"""


def test_mypy_takes_the_stub_of_each_style_and_finds_what_is_wrong_in_its_use(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    styles: dict[str, Style] = {"shop": "deferred", "shop_await": "await", "shop_blocking": "blocking"}
    for module, style in styles.items():
        (tmp_path / f"{module}.pyi").write_text("\n".join(lines(style)) + "\n")
    (tmp_path / "use.py").write_text(USE)

    told = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", *map(str, sorted(tmp_path.iterdir()))],
        cwd=root,
        env={**os.environ, "MYPYPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    ).stdout

    assert re.findall(r'note: Revealed type is "(.*)"', told) == [
        "list[str]",
        "tuple[int, ...]",
        "bool",
        "list[str]",
        "list[str]",
    ]
    wrong, missing, unknown = re.findall(r"(\S+): error: (.*)", told)
    assert all(place.rpartition("/")[2].startswith("use.py") for place, _ in (wrong, missing, unknown))
    assert 'to "list" of "Shop" has incompatible type "int"' in wrong[1]
    assert "Missing keys" in missing[1]
    assert 'has no attribute "nothing"' in unknown[1]


TEXTS = st.one_of(st.text(max_size=12), st.sampled_from(["self", "from", "a.b", "a", "Any", "list", "date", "int"]))
KINDS = st.sampled_from(["positional", "keyword", "either", "rest-positional", "rest-keyword", "odd"])
TYPES = st.sampled_from(["any", "list[int]", "A | None", "literal[1.5]", "dict[str, A]", "A", "tuple[()]", "date", "!"])
PARAMETERS = st.fixed_dictionaries(
    {"name": TEXTS, "kind": KINDS, "type": TYPES, "required": st.booleans(), "default": st.none() | st.integers()}
)
METHODS = st.fixed_dictionaries(
    {"name": TEXTS, "documentation": TEXTS, "parameters": st.lists(PARAMETERS, max_size=4), "returns": TYPES}
)
RECORDS = st.fixed_dictionaries({"name": TEXTS | st.just("A"), "documentation": TEXTS, "fields": st.lists(PARAMETERS)})


@settings(max_examples=60)
@given(
    st.fixed_dictionaries(
        {"name": TEXTS, "documentation": TEXTS, "methods": st.lists(METHODS), "types": st.lists(RECORDS)}
    )
)
def test_whatever_a_service_says_of_itself_the_stub_is_python_and_harmless_to_a_terminal(plain: dict[str, Any]) -> None:
    text = "\n".join(StubText(Description(plain)).lines())

    compile(text, "stub", "exec", dont_inherit=True)
    assert not [character for character in text if character != "\n" and not character.isprintable()]


def description_with(*methods: dict[str, Any]) -> Description:
    return Description({"name": "math", "documentation": "", "methods": list(methods), "types": []})


def test_a_parameter_whose_name_is_more_than_a_name_puts_nothing_into_the_stub_that_would_be_run() -> None:
    ran: list[str] = []
    for name in ("x=ran.append('x'), y", "x: int=ran.append('x'), *, y", "x=(z := ran.append('x')), y", "class", ""):
        parameter = {"name": name, "kind": "either", "type": "int", "required": False, "default": 1}
        sorted_out = {"name": "sort", "documentation": "", "parameters": [parameter], "returns": "int"}
        text = "\n".join(StubText(description_with(sorted_out)).lines())
        exec(compile(text, "stub", "exec", dont_inherit=True), {"ran": ran})
        assert "def sort(self, *args: Any, **kwargs: Any) -> Deferred[int]: ..." in text
    assert ran == []


def test_a_class_of_which_only_remarks_are_left_is_python_too() -> None:
    odd = {"name": "a-b", "documentation": "", "parameters": [], "returns": "int"}
    for style in STYLES:
        compile("\n".join(StubText(description_with(odd), style).lines()), "stub", "exec", dont_inherit=True)
