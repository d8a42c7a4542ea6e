"""The documents as `make docs` builds them: without a warning, from the code, and with nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
from html import unescape
from pathlib import Path

import pytest
from from_code.keys import described, title_of
from from_code.options import commands
from from_code.verbs import parsers_of

import exchange
from exchange.app.cli.verbs import VERBS
from exchange.app.config import TABLES
from exchange.app.schema import KINDS
from exchange.errors import CALL_ERRORS
from exchange.wire.limits import Limits
from tests.system.processes import environment, program

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
STRICT = ("--quiet", "--fail-on-warning", "--keep-going", "--nitpicky", "--fresh-env")
HELP = ("-h", "--help")
FETCHED = re.compile(r"<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=\"(https?:[^\"]*)\"")


def run(*words: str) -> str:
    """Run a program in the folder of the project, and return what it said; it must end well."""
    done = subprocess.run(
        [program(words[0]), *words[1:]],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build all pages once."""
    folder = tmp_path_factory.mktemp("docs")
    assert run("sphinx-build", *STRICT, "docs", str(folder)) == ""
    return folder


def text_of(page: Path) -> str:
    """Return the words of a page."""
    return unescape(re.sub(r"<[^>]+>", "", page.read_text()))


def test_make_builds_them_as_strictly_as_this_test() -> None:
    (command,) = re.findall(r"\$\(BIN\)/sphinx-build (.*)", (ROOT / "Makefile").read_text())
    assert set(STRICT) <= set(command.split())


def test_every_page_is_there(built: Path) -> None:
    pages = {path.relative_to(ROOT / "docs").with_suffix("") for path in (ROOT / "docs").rglob("*.md")}
    wanted = {page for page in pages if page.parts[0] != "changes"}
    assert wanted <= {path.relative_to(built).with_suffix("") for path in built.rglob("*.html")}


def test_nothing_is_fetched_from_elsewhere(built: Path) -> None:
    assert {url for page in built.rglob("*.html") for url in FETCHED.findall(page.read_text())} == set()


def test_the_landing_leads_to_each_part_and_shows_a_call(built: Path) -> None:
    page = (built / "index.html").read_text()
    for part in ("tutorial", "howto", "reference", "explanation", "specification", "decisions"):
        assert f'href="{part}/index.html"' in page
    assert 'href="CHANGELOG.html"' in page
    assert "exchange call --hub tcp:localhost:11111 --wait 10 math.multiply 6 7" in text_of(built / "index.html")


def test_every_public_name_is_in_the_reference_with_its_text(built: Path) -> None:
    page = (built / "reference/api.html").read_text()
    assert [name for name in exchange.__all__ if f'id="exchange.{name}"' not in page] == []
    assert 'id="exchange.Exchange.call_all"' in page
    beside = (built / "reference/modules.html").read_text()
    for name in ("blocking.Exchange.call", "aio.connect", "testing.Network.cut", "gateways.xmlrpc.XmlRpcGateway"):
        assert f'id="exchange.{name}"' in beside
    assert "What one process offers to all others under a name." in text_of(built / "reference/api.html")


def test_every_option_of_every_command_is_in_the_reference(built: Path) -> None:
    parts = dict(
        re.findall(
            r"<h2>twistd ([\w-]+)<.*?</h2>(.*?)</section>", (built / "reference/options.html").read_text(), re.DOTALL
        )
    )
    assert sorted(parts) == sorted(commands())
    for name, maker in commands().items():
        text = unescape(re.sub(r"<[^>]+>", "", parts[name]))
        assert [each for each in maker.options().docs if f"-{each}" not in text] == []
    assert "Where others dial this hub, or one as good" in text_of(built / "reference/options.html")


def test_every_verb_and_its_options_are_in_the_reference(built: Path) -> None:
    page = (built / "reference/verbs.html").read_text()
    shown = dict(re.findall(r"<h3>exchange ([\w-]+)<.*?</h3>(.*?)</section>", page, re.DOTALL))
    assert sorted(shown) == sorted(verb.name for verb in VERBS.values() if verb.family)
    for name, part in shown.items():
        text = unescape(re.sub(r"<[^>]+>", "", part))
        assert VERBS[name].line in text
        for parser in parsers_of(VERBS[name]):
            assert [word for word in parser._option_string_actions if word not in text and word not in HELP] == []


def test_every_key_error_and_limit_is_in_the_reference(built: Path) -> None:
    keys, errors, limits = (text_of(built / f"reference/{page}.html") for page in ("keys", "errors", "limits"))
    assert sorted(KINDS) == sorted(TABLES)
    for name, kind in KINDS.items():
        assert title_of(name) in keys
        assert [key for key in described(kind) if not re.search(rf"^{re.escape(key)}$", keys, re.MULTILINE)] == []
    for name, error in CALL_ERRORS.items():
        assert re.search(rf"^{name}\n{error.usual_number}\b", errors, re.MULTILINE)
    assert [each for each in Limits.__dataclass_fields__ if f"\n{each}\n" not in limits] == []


def test_each_error_says_when_it_comes_and_what_is_known_of_delivery(built: Path) -> None:
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", (built / "reference/errors.html").read_text(), re.DOTALL)
    cells = [[re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)] for row in rows]
    said = {row[0]: row[3:] for row in cells if row and row[0] in CALL_ERRORS}
    assert set(said) == set(CALL_ERRORS)
    for when, delivered in said.values():
        assert when.endswith(".")
        assert re.search("True|False|None", delivered)


def test_what_is_not_released_yet_is_among_the_changes(built: Path) -> None:
    assert "Not released yet" in text_of(built / "CHANGELOG.html")


# The changelog


def test_the_changelog_is_made_of_every_fragment_under_its_kind_and_its_issue() -> None:
    told = run("towncrier", "build", "--draft", "--version", "1.2.3", "--date", "2026-12-01")
    assert "## 1.2.3 (2026-12-01)" in told
    names = re.findall(r"^name = \"(.*)\"$", (ROOT / "towncrier.toml").read_text(), re.MULTILINE)[1:]
    headings = re.findall(r"^### (.*)$", told, re.MULTILINE)
    assert headings == [name for name in names if name in headings] != []
    for fragment in (ROOT / "docs/changes").glob("[0-9]*.md"):
        issue, first = fragment.name.partition(".")[0], fragment.read_text().split("\n")[0].replace("](../", "](")
        place = told.find(f"* {first}")
        assert place >= 0, f"{fragment.name} is not in the changelog"
        assert f"(issue {issue}" in told[place:].partition("\n* ")[0]


def test_every_fragment_is_of_a_kind_that_there_is() -> None:
    kinds = re.findall(r"^directory = \"(\w+)\"$", (ROOT / "towncrier.toml").read_text(), re.MULTILINE)
    told = (ROOT / "docs/changes/README.md").read_text()
    assert sorted(re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE)) == sorted(kinds)
    for fragment in (ROOT / "docs/changes").glob("[0-9]*"):
        assert re.fullmatch(rf"\d+(\.[\w-]+)?\.({'|'.join(kinds)})\.md", fragment.name), fragment.name


def test_a_release_moves_the_fragments_into_the_changelog(tmp_path: Path) -> None:
    changes = tmp_path / "docs/changes"
    changes.mkdir(parents=True)
    (changes / "7.page.feature.md").write_text("A [page](../howto/page.md).\n")
    (changes / "template.md.jinja").write_text((ROOT / "docs/changes/template.md.jinja").read_text())
    (tmp_path / "towncrier.toml").write_text((ROOT / "towncrier.toml").read_text())
    (tmp_path / "docs/CHANGELOG.md").write_text("# Changes\n\n<!-- releases -->\n\n## 0.1.0 (2026-01-01)\n")

    run("towncrier", "build", "--yes", "--version", "0.2.0", "--date", "2026-12-01", "--dir", str(tmp_path))

    told = (tmp_path / "docs/CHANGELOG.md").read_text()
    assert "* A [page](howto/page.md). (issue 7)" in told
    assert told.index("<!-- releases -->") < told.index("## 0.2.0 (2026-12-01)") < told.index("## 0.1.0")
    assert not (changes / "7.page.feature.md").exists()
