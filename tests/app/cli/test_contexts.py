"""The file of contexts: read, checked, written."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from exchange.app.cli.contexts import Context, Contexts, chosen_context, contexts_file
from exchange.errors import ConfigurationError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where contexts are kept; it is not there yet."""
    return tmp_path / "config" / "exchange" / "contexts.toml"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment in which the file is that."""
    return {"XDG_CONFIG_HOME": str(tmp_path / "config")}


def written(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return file


def test_the_file_is_where_the_desktop_says_or_in_the_home_of_the_user(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    assert contexts_file(home) == tmp_path / ".config/exchange/contexts.toml"
    assert contexts_file(home | {"XDG_CONFIG_HOME": "relative"}) == tmp_path / ".config/exchange/contexts.toml"
    assert contexts_file(home | {"XDG_CONFIG_HOME": "/etc/xdg"}) == Path("/etc/xdg/exchange/contexts.toml")


def test_what_is_written_is_read_again_and_for_one_user_alone(file: Path) -> None:
    contexts = Contexts(file)
    contexts.named['a "b".c'] = Context('a "b".c', {"hub": ["unix:my hub.sock", "b:2"], "group": "plant"})
    contexts.named["plain"] = Context("plain", {"dead-after": "20"})
    contexts.current = "plain"

    contexts.write()

    again = Contexts(file)
    assert again.current == "plain"
    assert {name: each.settings for name, each in again.named.items()} == {
        'a "b".c': {"hub": ["unix:my hub.sock", "b:2"], "group": "plant"},
        "plain": {"dead-after": "20"},
    }
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["contexts.toml"]


def test_the_reference_shows_a_file_that_can_be_used(file: Path, environ: dict[str, str]) -> None:
    reference = Path(__file__).parents[3] / "docs/reference/commands.md"
    written(file, reference.read_text().partition("```toml\n")[2].partition("```")[0])

    plant = chosen_context(None, environ)

    assert plant is not None
    assert plant.hubs == ("tcp:hosta:11111", "tcp:hostb:11111")
    assert plant.settings["credentials"] == f"{file.parent}/ann.secret"


def test_files_are_looked_for_beside_it_and_one_hub_needs_no_list(file: Path) -> None:
    written(file, '[contexts.plant]\nhub = "a:1"\nkey = "k.pem"\ncredentials = "/etc/x"\nheartbeat = 2.5\n')

    plant = Contexts(file).find("plant")

    assert plant.hubs == ("a:1",)
    assert plant.settings["key"] == f"{file.parent}/k.pem"
    assert plant.settings["credentials"] == "/etc/x"
    assert plant.settings["heartbeat"] == "2.5"


def test_the_option_wins_over_the_environment_and_that_over_the_current_one(
    file: Path, environ: dict[str, str]
) -> None:
    assert chosen_context(None, environ) is None
    written(file, 'current = "a"\n[contexts.a]\n[contexts.b]\n[contexts.c]\n')

    chosen = [
        chosen_context(None, environ),
        chosen_context(None, environ | {"EXCHANGE_CONTEXT": "b"}),
        chosen_context("c", environ | {"EXCHANGE_CONTEXT": "b"}),
    ]

    assert [each and each.name for each in chosen] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("current =", "not TOML: "),
        (f"current = {'[' * 9_999}", "too many lists and tables stand one in another"),
        ("curent = 'a'", ": unknown key 'curent'; did you mean 'current'?"),
        ("current = 7", ": current: expected a text, got 7"),
        ("contexts = 7", ": contexts: expected tables such as [contexts.plant]"),
        ("contexts.a = 7", ": [contexts.a]: expected a table, got 7"),
        ("[contexts.a]\ntoken = 'x'", ": [contexts.a]: unknown key 'token'"),
        ("[contexts.a]\nhub = []", ": [contexts.a] hub: expected an endpoint such as tcp:localhost:11111, or a list"),
        ("[contexts.a]\nheartbeat = true", ": [contexts.a] heartbeat: expected a text, got True"),
        ('[contexts.a]\ngroup = "a\\nb"', ": [contexts.a] group: expected a text"),
        ("current = 'plent'\n[contexts.plant]", "there is no context 'plent' in "),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_a_line(
    file: Path, environ: dict[str, str], text: str, told: str
) -> None:
    written(file, text)

    with pytest.raises(ConfigurationError) as caught:
        chosen_context(None, environ)

    assert str(caught.value).startswith(str(file))
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_context_that_is_not_there_is_told_with_the_nearest_or_how_to_make_one(
    file: Path, environ: dict[str, str]
) -> None:
    with pytest.raises(ConfigurationError, match=r"^--context: there is no context 'plant' in .*; make it with: "):
        chosen_context("plant", environ)
    written(file, "[contexts.plant]\n")
    with pytest.raises(ConfigurationError, match=r"^EXCHANGE_CONTEXT: .* did you mean 'plant'\?$"):
        chosen_context(None, environ | {"EXCHANGE_CONTEXT": "plent"})


def test_a_file_that_cannot_be_read_or_written_is_told(file: Path) -> None:
    file.mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory$"):
        Contexts(file)
    contexts = Contexts(file.parent / "other.toml")
    contexts.file = file
    with pytest.raises(ConfigurationError, match="cannot be written: Is a directory$"):
        contexts.write()
    assert list(file.parent.iterdir()) == [file]
