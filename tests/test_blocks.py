"""Every command and every program that the documents show is run by a test, or the page says why not."""

from __future__ import annotations

import contextlib
import io
import re
import tomllib
from configparser import ConfigParser
from importlib import import_module
from pathlib import Path

import pytest
from from_code.options import commands
from twisted.python import usage

from exchange.app.cli.verbs import VERBS
from exchange.app.config import TABLES, read_site
from tests import test_fragments, test_howto_programs
from tests.documents import DOCS, ROOT, Block, blocks_of, command_lines, ours, pages
from tests.system import test_shown

RUN = {
    "README.md": "system/test_readme.py",
    "docs/howto/gateway-security.md": "system/test_gateway_security.py",
    "docs/howto/soap-gateway.md": "system/test_soap_gateway.py",
    "docs/howto/tls.md": "system/test_tls.py",
    "docs/howto/coming-from-netsvc.md": "system/test_recipe.py",
    "docs/howto/web-gateway.md": "system/test_web_gateway.py",
    "docs/index.md": "system/test_howtos.py",
    "docs/howto/command-line.md": "system/test_howtos.py",
    "docs/howto/configuration.md": "system/test_howtos.py",
    "docs/howto/systemd.md": "system/test_systemd.py",
    "docs/howto/install.md": "system/test_howtos.py",
    "docs/howto/logging.md": "system/test_howtos.py",
    "docs/howto/monitoring.md": "system/test_howtos.py",
    "docs/howto/shell.md": "system/test_howtos.py",
    "docs/howto/who-calls-whom.md": "system/test_howtos.py",
}
"""Pages all of whose blocks are run, by a test that finds them by a way of its own."""

ILLUSTRATIONS = {
    "docs/explanation/architecture.md": "a plan, from before there was a program; it shows how code should read",
}
"""Pages whose blocks are not meant to be run."""


def name_in(page: Path) -> str:
    """Return how people call a page."""
    return page.relative_to(ROOT).as_posix()


EXTRA = re.compile(r"pip install '?exchange\[(?P<extras>[\w,]+)\]'?")

EXTRAS = re.compile(r"'(?:exchange|\.)\[([\w,]+)\]'")

BLOCKS = [block for page in pages() for block in blocks_of(page)]
SITES = [
    block
    for block in BLOCKS
    if block.kind == "toml"
    and name_in(block.page) not in ILLUSTRATIONS
    and not block.text.startswith("# wrong")  # they are shown to be refused
    and set(tomllib.loads(block.text)) & set(TABLES)
]


def name_of(block: Block) -> str:
    return block.name


def run_by(block: Block) -> str:
    """Return what runs a block; empty if nothing does."""
    page = name_in(block.page)
    if block.page.parent.name == "tutorial":
        return "system/test_tutorial.py"
    if page in RUN:
        return RUN[page]
    if block.page.name in test_howto_programs.PAGES and block.kind == "python":
        return "test_howto_programs.py"
    if block.kind == "python" and f'"{block.page.relative_to(DOCS)}", ' in Path(test_fragments.__file__).read_text():
        return "test_fragments.py"
    if block in SITES:
        return "test_blocks.py"
    if block.kind == "command" and all(parsed(line) for line in command_lines(block)):
        shown = set(map(tuple, test_shown.shown()))
        known = all(
            words[0] == "exchange" or tuple(words) in shown for line in command_lines(block) for words in ours(line)
        )
        return "system/test_shown.py" if known else by_name(block)
    if block.kind == "command" and all(EXTRA.fullmatch(line) for line in command_lines(block)):
        return "system/test_packaging.py"  # that there is such an extra is shown below
    return by_name(block)


def by_name(block: Block) -> str:
    """Return a test that names the page, and takes blocks of this kind from it; or the example that the block shows."""
    example = re.match(r"# (examples/\S+)\n", block.text)
    if example:
        return example[1] if block.text.partition("\n")[2] in (ROOT / example[1]).read_text() else ""
    for test, text in TESTS.items():
        if block.page.name in text and ("Howto(" in text or f"```{block.kind}" in text):
            return test
    return ""


TESTS = {path.relative_to(ROOT / "tests").as_posix(): path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}


@pytest.mark.parametrize("block", BLOCKS, ids=name_of)
def test_every_block_is_run_or_says_why_not(block: Block) -> None:
    if name_in(block.page) in ILLUSTRATIONS:
        return
    told = f"nothing runs this {block.kind}; have a test run it, or write <!-- not run: WHY --> above it"
    assert block.excuse or run_by(block), f"{block.name}: {told}"


def test_what_is_said_to_run_a_page_is_there() -> None:
    for test in RUN.values():
        assert (ROOT / "tests" / test).is_file()
    assert "README" in (ROOT / "tests" / RUN["README.md"]).read_text()


def test_every_extra_that_is_named_anywhere_is_there_and_all_are_told_of() -> None:
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    extras = set(setup["options.extras_require"])
    texts = [page.read_text() for page in pages() if name_in(page) not in ILLUSTRATIONS]
    named = {extra for text in texts for found in EXTRAS.findall(text) for extra in found.split(",")}
    assert named <= extras
    told = (DOCS / "howto/install.md").read_text().partition("| extra |")[2].partition("## ")[0]
    assert set(re.findall(r"`(\w+)`", told)) - {"exchange"} >= extras


# What a site file may say, and what a command takes, holds wherever it is shown


@pytest.mark.parametrize("block", SITES, ids=name_of)
def test_every_site_file_says_what_can_be(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(block.text)
    assert read_site(str(file)).parts or set(tomllib.loads(block.text)) <= {"policy", "limits", "logging", "tracing"}


def parsed(line: str) -> bool:
    """Return whether a line is a command of ours that its parser takes."""
    found = list(ours(line))
    for words in found:
        check(words)
    return bool(found)


def check(words: list[str]) -> None:
    """Have the parser of a command read its words.

    Raises:
        AssertionError: It does not take them.
    """
    try:
        with contextlib.redirect_stderr(io.StringIO()) as told, contextlib.redirect_stdout(told):
            if words[0] == "twistd":
                _check_twistd([word for word in words[1:] if word not in ("-n", "--nodaemon")])
            elif words[1] in VERBS:
                import_module(f"exchange.app.cli.{VERBS[words[1]].module}").parser().parse_args(words[2:])
    except (SystemExit, usage.UsageError) as error:
        if getattr(error, "code", 1) != 0:
            raise AssertionError(f"{' '.join(words)}: {told.getvalue()}{error}") from None


def _check_twistd(words: list[str]) -> None:
    while words and words[0] not in commands():
        words = words[1:]  # an option of twistd itself
    if words:
        read = commands()[words[0]].options()
        usage.Options.parseOptions(read, words[1:])


@pytest.mark.parametrize(
    "block", [block for block in BLOCKS if any(list(ours(line)) for line in command_lines(block))], ids=name_of
)
def test_every_command_of_ours_is_one_that_its_parser_takes(block: Block) -> None:
    for line in command_lines(block):
        parsed(line)
