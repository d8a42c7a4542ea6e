"""How a class path becomes a service, and what is said when it cannot."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from twisted.cred.checkers import AllowAnonymousAccess

from exchange.app.loading import load_checker, load_service, search_in
from exchange.errors import ConfigurationError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where modules are found, for the length of a test."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    search_in([tmp_path])
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"from exchange import Service\n{text}\n")


def complaint(path: str, label: str = "") -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_service(path, label)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_service_is_found_in_a_module_of_the_folder(folder: Path) -> None:
    write(folder, "plant_math.py", "class Math(Service):\n    name = 'math'")

    assert load_service("plant_math:Math").name == "math"


def test_a_service_is_found_in_a_package_and_inside_another_class(folder: Path) -> None:
    write(folder, "plant_package/__init__.py", "")
    write(folder, "plant_package/store.py", "class Shelf:\n    class Store(Service):\n        name = 'store'")

    assert load_service("plant_package.store:Shelf.Store").name == "store"


def test_the_first_folder_is_looked_in_first(folder: Path) -> None:
    for name in ("near", "far"):
        write(folder, f"{name}/plant_where.py", f"class Here(Service):\n    name = '{name}'")

    search_in([folder / "near", folder / "far"])

    assert load_service("plant_where:Here").name == "near"
    assert sys.path[:2] == [str(folder / "near"), str(folder / "far")]


@pytest.mark.parametrize("path", ["plant_math", ":Math", "plant_math:"])
def test_what_is_no_class_path_is_answered_with_an_example(path: str) -> None:
    assert complaint(path) == f"{path}: expected module and class, such as plant.arithmetic:Math"


def test_a_module_that_is_not_there_is_told_from_one_whose_own_import_fails(folder: Path) -> None:
    write(folder, "plant_broken.py", "import plant_missing_library")

    missing = "there is no module 'plant_absent' in this folder or among what is installed"
    assert complaint("plant_absent:Math") == f"plant_absent:Math: {missing}"
    assert complaint("plant_absent.more:Math") == f"plant_absent.more:Math: {missing}"
    told = complaint("plant_broken:Math")
    assert "importing 'plant_broken' raised ModuleNotFoundError: No module named 'plant_missing_library'" in told
    assert told.endswith("plant_broken.py, line 2)")


def test_whatever_an_import_raises_is_told_on_one_line(folder: Path) -> None:
    write(folder, "plant_raising.py", "raise ValueError('first\\nsecond')")
    write(folder, "plant_faulty.py", "def f(:")

    assert "importing 'plant_raising' raised ValueError: first second (" in complaint("plant_raising:Math")
    told = complaint("plant_faulty:Math")
    assert "importing 'plant_faulty' raised SyntaxError: " in told
    assert told.endswith(f"({folder / 'plant_faulty.py'}, line 2)"), "the line that is wrong, and no other"


def test_a_class_that_is_not_there_is_answered_with_the_services_that_are(folder: Path) -> None:
    write(folder, "plant_names.py", "class Math(Service): pass\nclass Store(Service): pass")

    assert complaint("plant_names:Maths") == (
        "plant_names:Maths: module 'plant_names' has no 'Maths'; did you mean 'Math'?"
    )
    assert complaint("plant_names:Xyz").endswith("has no 'Xyz'; known here: Math, Store")


@pytest.mark.parametrize("name", ["Plain", "number", "Service"])
def test_what_is_not_a_service_is_refused(folder: Path, name: str) -> None:
    write(folder, "plant_other.py", "class Plain: pass\nnumber = 5")

    assert complaint(f"plant_other:{name}").endswith("not a service; make it a class derived from exchange.Service")


def test_a_constructor_that_raises_is_named_with_its_line(folder: Path) -> None:
    write(folder, "plant_store.py", "class Store(Service):\n    def __init__(self):\n        raise OSError('no disk')")

    told = complaint("plant_store:Store", "site.toml: [services.store] class")

    assert told.startswith(
        "site.toml: [services.store] class: plant_store:Store: making the service raised OSError: no disk ("
    )
    assert told.endswith("plant_store.py, line 4)")


def test_a_constructor_that_wants_arguments_is_told_that_it_gets_none(folder: Path) -> None:
    write(folder, "plant_greedy.py", "class Greedy(Service):\n    def __init__(self, size): pass")

    assert complaint("plant_greedy:Greedy") == (
        "plant_greedy:Greedy: cannot be made without arguments: "
        "Greedy.__init__() missing 1 required positional argument: 'size'"
    )


def test_a_checker_is_found_as_a_service_is(folder: Path) -> None:
    (folder / "plant_staff.py").write_text(
        "from twisted.cred.checkers import AllowAnonymousAccess\nclass Other: pass\n"
    )

    assert isinstance(load_checker("plant_staff:AllowAnonymousAccess"), AllowAnonymousAccess)
    with pytest.raises(ConfigurationError) as caught:
        load_checker("plant_staff:Other", "checker")
    assert str(caught.value).startswith("checker: plant_staff:Other: not a checker; make it a class with @implementer")
