"""The shape of the source: what section 13 and 14 of the architecture ask of every module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "exchange"
TESTS = ROOT / "tests"

LONGEST_MODULE = 400
LONGEST_FUNCTION = 40

TESTED_ELSEWHERE = {
    "__main__.py": "system/test_commands_refused.py",
    "app/cli/calling.py": "app/cli/test_call.py",
    "app/cli/describing.py": "app/cli/test_describe.py",
    "app/cli/following.py": "app/cli/test_watch.py",
    "app/cli/publishing.py": "app/cli/test_publish.py",
    "app/cli/serving.py": "app/cli/test_serve.py",
    "errors.py": "test_public_names.py",
    "interfaces.py": "routing/test_port.py",
}
"""Modules whose tests are not where their path says."""

OWN_REACTOR = ("app/", "netsvc/process.py", "callers/reactors.py")
"""Programs have the global reactor, and old ones name none: `netsvc` makes theirs run on it. Scripts and
programs on asyncio know of no reactor at all: one module finds theirs, or starts it."""

MODULES = sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))


def tree_of(module: str) -> ast.Module:
    return ast.parse((SOURCE / module).read_text())


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for each in ast.walk(tree):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            yield each


@pytest.mark.parametrize("module", MODULES)
def test_every_module_begins_with_what_it_is_for_in_a_sentence(module: str) -> None:
    text = ast.get_docstring(tree_of(module))
    assert text, f"exchange/{module} has no docstring"
    first = text.partition("\n\n")[0]
    assert first.rstrip()[-1] in ".:", f"the docstring of exchange/{module} begins with no sentence"


@pytest.mark.parametrize("module", [module for module in MODULES if not module.endswith("__init__.py")])
def test_every_module_has_its_tests(module: str) -> None:
    path = Path(module)
    expected = TESTED_ELSEWHERE.get(module, (path.parent / f"test_{path.name}").as_posix())
    assert (TESTS / expected).exists(), f"exchange/{module} wants tests/{expected}"


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_too_long(module: str) -> None:
    lines = len((SOURCE / module).read_text().splitlines())
    assert lines <= LONGEST_MODULE, f"exchange/{module} has {lines} lines: look for the second noun in it"


@pytest.mark.parametrize("module", MODULES)
def test_no_function_is_too_long(module: str) -> None:
    for function in functions(tree_of(module)):
        body = function.body[1:] if ast.get_docstring(function) else function.body
        lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
        assert lines <= LONGEST_FUNCTION, f"{function.name} in exchange/{module} has {lines} lines"


@pytest.mark.parametrize("module", [module for module in MODULES if module.endswith("/__init__.py")])
def test_an_init_of_a_package_holds_a_docstring_and_no_code(module: str) -> None:
    if module == "netsvc/__init__.py":
        return  # it re-exports, for the sake of old scripts
    assert len(tree_of(module).body) == 1


@pytest.mark.parametrize("module", [module for module in MODULES if not module.startswith(OWN_REACTOR)])
def test_only_the_application_layer_imports_the_reactor(module: str) -> None:
    for each in ast.walk(tree_of(module)):
        if isinstance(each, ast.ImportFrom) and each.module == "twisted.internet":
            assert "reactor" not in [name.name for name in each.names], f"exchange/{module}:{each.lineno}"


@pytest.mark.parametrize("module", MODULES)
def test_modules_import_from_the_module_that_defines_a_name(module: str) -> None:
    """The layers that use the public names only may import them from the top."""
    for each in ast.walk(tree_of(module)):
        if isinstance(each, ast.ImportFrom):
            assert each.level == 0, f"exchange/{module}:{each.lineno} imports relatively"
            home = SOURCE.parent / (each.module or "").replace(".", "/")
            is_package = (each.module or "").startswith("exchange.") and home.is_dir()
            for name in each.names if is_package else ():
                assert (home / f"{name.name}.py").exists() or (home / name.name).is_dir(), (
                    f"exchange/{module}:{each.lineno} imports {name.name} from a package"
                )


def test_no_folder_of_tests_is_a_package() -> None:
    assert list(TESTS.rglob("__init__.py")) == []
