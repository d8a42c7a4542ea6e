"""What a configuration file may say, and what is said of it when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.app.config import read_site, site_in
from exchange.app.mistakes import ConfigurationErrors, Mistakes
from exchange.app.tables import BridgeTable, GatewayTable, HubTable, LimitsTable, LoggingTable, TracingTable, listed
from exchange.errors import ConfigurationError
from exchange.wire.limits import Limits

WHOLE = """
[hub]
name = "rome"
listen = ["tcp:11111:interface=127.0.0.1", "unix:hub"]
join = "tcp:hostb:11111"
group = "plant"
heartbeat = 2
dead-after = 5.5

[limits]
max-frame = 200000

[services.math]
class = "plant.arithmetic:Math"
hub = "tcp:localhost:11111"

[gateways.web]
listen = "tcp:8000"
service-group = ["web-services", "more"]
choice = "sticky"
mount = { "/rpc" = "xmlrpc" }
max-body = 100

[bridges.store]
hubs = { inner = ["hostb:1", "hostc:1"], outer = "tcp:localhost:11111" }
groups = { inner = "database", outer = "plant" }
"""


def site_file(folder: Path, text: str) -> str:
    file = folder / "site.toml"
    file.write_text(text)
    return str(file)


def complaint(folder: Path, text: str) -> str:
    file = site_file(folder, text)
    with pytest.raises(ConfigurationError) as caught:
        read_site(file)
    words = str(caught.value)
    assert words.startswith(f"{file}: ")
    assert "\n" not in words
    return words.removeprefix(f"{file}: ")


def test_every_key_arrives_as_the_value_that_was_written(tmp_path: Path) -> None:
    site = read_site(site_file(tmp_path, WHOLE))

    assert site.hub == HubTable(
        name="rome",
        listen=["tcp:11111:interface=127.0.0.1", "unix:hub"],
        join="tcp:hostb:11111",
        group="plant",
        heartbeat=2.0,
        dead_after=5.5,
    )
    assert site.limits == LimitsTable(max_frame=200_000)
    assert site.services["math"].class_path == "plant.arithmetic:Math"
    assert listed(site.services["math"].hub) == ["tcp:localhost:11111"]
    assert site.gateways["web"] == GatewayTable(
        listen="tcp:8000",
        service_group=["web-services", "more"],
        choice="sticky",
        mount={"/rpc": "xmlrpc"},
        max_body=100,
    )
    assert site.bridges["store"] == BridgeTable(
        hubs={"inner": ["hostb:1", "hostc:1"], "outer": "tcp:localhost:11111"},
        groups={"inner": "database", "outer": "plant"},
    )
    assert site.folder == tmp_path.resolve()


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ('hubs = { inner = "a:1", beyond = "b:1" }', "hubs"),
        ("hubs = {}", "hubs"),
        ("hubs = { inner = [] }", "hubs"),
        ('hubs = { inner = "a:1" }\ngroups = { inner = 5 }', "groups"),
        ('hubs = { inner = "a:1" }\ngroups = "database"', "groups"),
    ],
)
def test_a_bridge_has_an_inner_and_an_outer_side(tmp_path: Path, keys: str, key: str) -> None:
    words = complaint(tmp_path, f"[bridges.store]\n{keys}\n")
    assert words.startswith(f"[bridges.store] {key}: expected ")
    assert "inner = " in words


def test_a_bridge_must_say_where_a_hub_is(tmp_path: Path) -> None:
    assert complaint(tmp_path, "[bridges.store]\n").startswith("[bridges.store] hubs: missing; expected where")


def test_what_is_not_written_has_the_documented_value(tmp_path: Path) -> None:
    site = read_site(site_file(tmp_path, "[hub]\n[gateways.web]\n"))

    assert site.hub == HubTable()
    assert listed(HubTable().listen) == ["tcp:11111:interface=127.0.0.1"]
    assert site.gateways["web"].mount == {"/xmlrpc/service": "xmlrpc"}
    assert listed(site.gateways["web"].hub) == []
    assert site.gateways["web"].max_body == 1024 * 1024


def test_an_empty_file_has_no_parts(tmp_path: Path) -> None:
    site = read_site(site_file(tmp_path, ""))

    assert site.hub is None
    assert site.parts == []


def test_the_limits_of_the_file_are_the_limits_of_the_wire() -> None:
    table = LimitsTable()

    assert {name: getattr(table, name) for name in table.__struct_fields__} == {
        name: getattr(Limits(), name) for name in Limits.__dataclass_fields__
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[hub]\nheartbeet = 1", "[hub] heartbeet: unknown key; did you mean 'heartbeat'?"),
        (
            "[hub]\nzzz = 1",
            "[hub] zzz: unknown key; known here: "
            "name, listen, join, advertise, http, group, heartbeat, dead-after, drain-time, blocked-after, "
            "token-file, password-file, checker, hubs, credentials, "
            "certificate, key, authority, insecure, fast",
        ),
        ("[hubs]\n", "[hubs]: unknown table; did you mean 'hub'?"),
        ("name = 'rome'", "name: a key stands in a table; this one in [hub]"),
        ("max-frame = 3", "max-frame: a key stands in a table; this one in [limits]"),
        ("zzz = 3", "zzz: a key stands in a table; one is [hub]"),
        ("[hub]\nlisten = []", '[hub] listen: expected an endpoint such as "tcp:11111", or a list of them, got []'),
        (
            "[gateways.web]\nservice-group = []",
            "[gateways.web] service-group: expected the name of a service group, or a list of them, got []",
        ),
        ("[hub]\nheartbeat = 'soon'", "[hub] heartbeat: expected a number of seconds above 0, got 'soon'"),
        ("[hub]\nheartbeat = -1", "[hub] heartbeat: expected a number of seconds above 0, got -1"),
        ("[hub]\nheartbeat = true", "[hub] heartbeat: expected a number of seconds above 0, got True"),
        ("[hub]\ndead-after = 12", "[hub]: dead-after (12) must be at least 1.5 times heartbeat (10)"),
        ("[hub]\nname = 7", "[hub] name: expected a text of at most 255 characters, got 7"),
        ("[hub]\nlisten = [1]", '[hub] listen: expected an endpoint such as "tcp:11111", or a list of them, got [1]'),
        ("hub = 1", "[hub]: expected a table, got 1"),
        ("[limits]\nmax-frame = 'x'", "[limits] max-frame: expected a number of bytes, at least 131072, got 'x'"),
        ("[limits]\nmax-frame = 1", "[limits] max-frame: expected a number of bytes, at least 131072, got 1"),
        ("[limits]\nhard-limit = 1", "[limits]: hard-limit (1) must be at least soft-limit (16777216)"),
        ("[services.math]\n", '[services.math] class: missing; expected a class such as "plant.arithmetic:Math"'),
        (
            "[services.math]\nclass = 'Math'",
            "[services.math] class: expected a class such as \"plant.arithmetic:Math\", got 'Math'",
        ),
        ("services = 3", "services: expected tables such as [services.NAME], got 3"),
        ("[services]\nmath = 3", "[services.math]: expected a table, got 3"),
        ("[gateways.web]\nchoise = 1", "[gateways.web] choise: unknown key; did you mean 'choice'?"),
        (
            "[gateways.web]\nchoice = 'random'",
            '[gateways.web] choice: expected "least-owing" or "sticky", got \'random\'',
        ),
        (
            "[gateways.web]\nmount = { '/old' = 'gopher' }",
            "[gateways.web]: mount: nothing is called 'gopher' that could answer at '/old'; "
            "known here: xmlrpc, jsonrpc, soap, live, metrics, healthz, readyz, files:FOLDER",
        ),
        (
            "[gateways.web]\nmount = { '/static' = 'files:' }",
            "[gateways.web]: mount: nothing is called 'files:' that could answer at '/static'; "
            "did you mean 'files:FOLDER'?",
        ),
        ("[gateways.web]\nservice = ''", "[gateways.web] service: expected the name of one service, got ''"),
        (
            "[gateways.web]\naudience = ''",
            "[gateways.web] audience: expected the name of an exchange group, or \"*\" for all services, got ''",
        ),
        (
            "[gateways.web]\nservice = 'math'\nservice-group = 'web'",
            "[gateways.web]: service-group: service is given too, and either tells alone which services are shown",
        ),
        ("[gateways.web]\nmax-streams = 0", "[gateways.web] max-streams: expected a whole number above 0, got 0"),
        (
            "[gateways.web]\nmount = { '/soap' = 'soup' }",
            "[gateways.web]: mount: nothing is called 'soup' that could answer at '/soap'; did you mean 'soap'?",
        ),
        (
            "[gateways.web]\nmount = {}",
            "[gateways.web] mount: expected paths and what answers there, such as "
            '{ "/xmlrpc/service" = "xmlrpc" }, got {}',
        ),
        ("[gateways.web]\nmax-body = 0", "[gateways.web] max-body: expected a number of bytes above 0, got 0"),
        (f"[hub]\nname = {'[' * 9_999}\n", "too many lists and tables stand one in another"),
        ("[hub\n", "not TOML: Expected ']' at the end of a table declaration (at line 1, column 5)"),
    ],
)
def test_a_wrong_file_is_answered_with_table_key_and_what_was_expected(tmp_path: Path, text: str, words: str) -> None:
    assert complaint(tmp_path, text) == words


def test_a_long_value_is_cut_where_it_is_shown(tmp_path: Path) -> None:
    assert len(complaint(tmp_path, f"[hub]\nheartbeat = '{'x' * 1000}'")) < 200


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.toml: cannot be read: No such file or directory"):
        read_site(str(tmp_path / "gone.toml"))


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigurationError, match=r"site\.toml: not TOML"):
        read_site(str(tmp_path / "site.toml"))


def test_only_the_chosen_parts_remain(tmp_path: Path) -> None:
    site = read_site(site_file(tmp_path, WHOLE))

    assert site.parts == ["hub", "services.math", "gateways.web", "bridges.store"]
    assert site.only([]).parts == site.parts
    assert site.only(["hub"]).parts == ["hub"]
    assert site.only(["services.math", "gateways.web"]).parts == ["services.math", "gateways.web"]
    assert site.only(["bridges.store"]).parts == ["bridges.store"]


def test_a_part_that_is_not_there_is_answered_with_the_nearest(tmp_path: Path) -> None:
    site = read_site(site_file(tmp_path, WHOLE))

    with pytest.raises(ConfigurationError, match=r"has no part 'services\.maths'; did you mean 'services\.math'\?"):
        site.only(["services.maths"])


def test_the_folders_of_a_mount_are_understood_beside_the_file_that_names_them(tmp_path: Path) -> None:
    text = '[hub]\n[gateways.web]\nmount = { "/a" = "files:public", "/b" = "files:/srv", "/c" = "live" }\n'

    mount = read_site(site_file(tmp_path, text)).gateways["web"].mount

    assert mount == {"/a": f"files:{tmp_path}/public", "/b": "files:/srv", "/c": "live"}


def test_a_gateway_shows_a_group_unless_it_shows_one_service_or_an_audience() -> None:
    assert GatewayTable().groups == ["web-services"]
    assert GatewayTable(service_group="a").groups == ["a"]
    assert GatewayTable(service_group=["a", "b"]).groups == ["a", "b"]
    assert GatewayTable(service="math").groups is None
    assert GatewayTable(audience="*").groups is None


def test_what_a_hub_asks_by_and_what_is_shown_lies_in_the_folder_of_the_file(tmp_path: Path) -> None:
    text = """
[hub]
token-file = "tokens"
password-file = "/etc/passwords"
checker = "plant.logins:Staff"
hubs = "hub-*"
credentials = "hub.secret"

[services.math]
class = "m:Math"
credentials = "math.secret"

[gateways.web]
credentials = "web.secret"

[bridges.store]
hubs = { inner = "h:1" }
credentials = { inner = "inner.secret" }

[[policy]]
principal = "press-*"
call = ["history.*"]
"""
    site = read_site(site_file(tmp_path, text))

    assert site.hub == HubTable(
        token_file=f"{tmp_path}/tokens",
        password_file="/etc/passwords",
        checker="plant.logins:Staff",
        hubs="hub-*",
        credentials=f"{tmp_path}/hub.secret",
    )
    assert site.services["math"].credentials == f"{tmp_path}/math.secret"
    assert site.gateways["web"].credentials == f"{tmp_path}/web.secret"
    assert site.bridges["store"].credentials == {"inner": f"{tmp_path}/inner.secret"}
    assert [(each.principal, each.call) for each in site.policy] == [("press-*", ["history.*"])]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[polcy]]\ncall = 'x'", "[[polcy]]: unknown tables; did you mean 'policy'?"),
        ("[policy]\ncall = 'x'", "policy: expected tables such as [[policy]], got {'call': 'x'}"),
        ("[hub]\nchecker = 'Staff'", "[hub] checker: expected a class such as \"plant.logins:Staff\", got 'Staff'"),
        (
            "[hub]\nhubs = 5",
            '[hub] hubs: expected a pattern of principals such as "hub-*", or a list of them, got 5',
        ),
        (
            "[bridges.b]\nhubs = {inner = 'h:1'}\ncredentials = {outr = 'x'}",
            "[bridges.b] credentials: expected the files for each side: "
            "{ inner = \"inner.secret\", outer = \"outer.secret\" }, got {'outr': 'x'}",
        ),
    ],
)
def test_of_keys_about_trust_it_is_told_likewise(tmp_path: Path, text: str, words: str) -> None:
    assert complaint(tmp_path, text) == words


def test_logging_and_tracing_have_tables_of_their_own(tmp_path: Path) -> None:
    text = """
[logging]
format = "json"
level = "warn"
levels = { "exchange.net" = "debug" }
calls = true
file = "site.log"

[tracing]
exporter = "otlp"
endpoint = "http://localhost:4318"
service = "rome"
sample = 0.5
"""
    site = read_site(site_file(tmp_path, text))

    assert site.logging == LoggingTable(
        format="json", level="warn", levels={"exchange.net": "debug"}, calls=True, file=f"{tmp_path}/site.log"
    )
    assert site.tracing == TracingTable(exporter="otlp", endpoint="http://localhost:4318", service="rome", sample=0.5)
    assert read_site(site_file(tmp_path, "")).logging == LoggingTable()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[logging]\nformat = 'xml'", '[logging] format: expected "text" or "json", got \'xml\''),
        (
            "[logging]\nlevel = 'warning'",
            '[logging] level: expected "debug", "info", "warn", "error" or "critical", got \'warning\'',
        ),
        (
            "[logging]\nlevels = { 'exchange.net' = 'loud' }",
            "[logging] levels: expected namespaces and their levels, such as "
            "{ \"exchange.net\" = \"debug\" }, got {'exchange.net': 'loud'}",
        ),
        ("[tracing]\nexporter = 'jaeger'", '[tracing] exporter: expected "none", "console" or "otlp", got \'jaeger\''),
        ("[tracing]\nsample = 2", "[tracing] sample: expected a number from 0 to 1, got 2"),
        (
            "[tracing]\nendpoint = 'localhost'",
            "[tracing] endpoint: expected a URL such as \"http://localhost:4318\", got 'localhost'",
        ),
    ],
)
def test_of_logging_and_tracing_it_is_told_likewise(tmp_path: Path, text: str, words: str) -> None:
    assert complaint(tmp_path, text) == words


def test_all_that_is_wrong_is_told_at_once_a_line_each(tmp_path: Path) -> None:
    text = """
[hub]
heartbeet = 1
dead-after = "soon"

[polcy]

[services.math]
class = "Math"
zzz = 1

[services.store]

[gateways.web]
mount = { "/a" = "gopher" }
service = "math"
audience = "*"

[[policy]]
cal = "x"
"""
    with pytest.raises(ConfigurationErrors) as caught:
        read_site(site_file(tmp_path, text))

    assert [line.removeprefix(f"{tmp_path}/site.toml: ").partition(":")[0] for line in caught.value.lines] == [
        "[polcy]",
        "[services.math] class",
        "[services.math] zzz",
        "[services.store] class",
        "[gateways.web]",
        "[gateways.web]",
        "[hub] heartbeet",
        "[hub] dead-after",
        "[[policy]] 1 cal",
    ]


def test_of_what_is_wrong_the_rest_can_be_looked_at(tmp_path: Path) -> None:
    mistakes = Mistakes()
    text = "[hub]\nname = 5\nlisten = 'tcp:1'\n[services.math]\n[services.store]\nclass = 'm:Store'\n"
    file = site_file(tmp_path, text)

    site = site_in(file, mistakes)

    assert site.hub == HubTable(listen="tcp:1")
    assert list(site.services) == ["store"]
    assert site.unreadable == ("services.math",)
    assert site.only(["services.math"]).parts == []
    assert mistakes.keys == {f"{file}: [hub] name", f"{file}: [services.math] class"}
