"""The schema of a configuration file takes what the program takes, and little else."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from exchange.app.schema import KINDS, schema
from tests.app.planning import SITE
from tests.app.test_config import WHOLE

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*/site.toml"))


@pytest.fixture(scope="module")
def validator() -> Any:
    made = schema()
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(made)


def mistakes(validator: Any, text: str) -> list[str]:
    return [".".join(map(str, each.absolute_path)) for each in validator.iter_errors(tomllib.loads(text))]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_examples_fit(validator: Any, example: Path) -> None:
    assert mistakes(validator, example.read_text()) == []


@pytest.mark.parametrize("text", ["", SITE, WHOLE])
def test_what_the_program_takes_fits(validator: Any, text: str) -> None:
    assert mistakes(validator, text) == []


@pytest.mark.parametrize("document", ["docs/reference/configuration.md", "docs/howto/policy.md"])
def test_what_the_documents_show_fits(validator: Any, document: str) -> None:
    blocks = (ROOT / document).read_text().split("```toml\n")[1:]
    assert blocks
    for block in blocks:
        assert mistakes(validator, block.partition("```")[0]) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[hub]\nheartbeet = 1", "hub"),
        ("[hub]\nheartbeat = 'soon'", "hub.heartbeat"),
        ("[hub]\nheartbeat = 0", "hub.heartbeat"),
        ("[hub]\nname = 5", "hub.name"),
        ("[hub]\nlisten = []", "hub.listen"),
        ("[hub]\ninsecure = 'yes'", "hub.insecure"),
        ("[hubs]\n", ""),
        ("name = 'rome'", ""),
        ("[limits]\nmax-frame = 5", "limits.max-frame"),
        ("[services.math]\n", "services.math"),
        ("[services.math]\nclass = 'Math'", "services.math.class"),
        ("[gateways.web]\nchoice = 'random'", "gateways.web.choice"),
        ("[gateways.web]\nmount = { '/a' = 'gopher' }", "gateways.web.mount./a"),
        ("[bridges.b]\nhubs = { inner = 'a:1', beyond = 'b:1' }", "bridges.b.hubs"),
        ("[policy]\ncall = 'x'", "policy"),
        ("[[policy]]\ncalls = 'x'", "policy.0"),
        ("[logging]\nlevel = 'loud'", "logging.level"),
        ("[logging]\nlevels = { a = 'loud' }", "logging.levels.a"),
        ("[tracing]\nsample = 2", "tracing.sample"),
    ],
)
def test_what_is_wrong_is_marked_where_it_stands(validator: Any, text: str, place: str) -> None:
    assert mistakes(validator, text) == [place]


def test_every_key_is_explained_and_has_its_usual_value() -> None:
    properties = schema()["properties"]

    assert set(properties) == set(KINDS)
    heartbeat = properties["hub"]["properties"]["heartbeat"]
    assert heartbeat["default"] == 10.0
    assert heartbeat["description"] == (
        "Seconds of silence until the far end of a link is asked for a sign of life. Takes a number of seconds above 0."
    )
    assert "default" not in properties["hub"]["properties"]["join"]
    assert properties["services"]["additionalProperties"]["required"] == ["class"]
    assert "null" not in str(properties)
