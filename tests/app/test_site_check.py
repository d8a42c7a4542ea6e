"""All that would keep a site from starting is told at once, as the start would say it."""

from __future__ import annotations

from pathlib import Path

import pytest
from twisted.internet import reactor

from exchange.app import assembly, gateways, hub, services
from exchange.app.config import site_in
from exchange.app.mistakes import Mistakes
from exchange.app.options import CommandOptions
from exchange.app.site_check import SiteCheck
from exchange.app.start import Terminal

BAD = """
[hub]
http = "tcp:8000:interface=127.0.0.1"
join = "nowhere"
token-file = "tokens"
checker = "no_such_module:Staff"
certificate = "rome.pem"
key = "rome-key.pem"

[services.math]
class = "no_such_module:Math"
credentials = "math.secret"

[gateways.web]
listen = "tcp:8000:interface=127.0.0.1"
passwords = "htpasswd"
tokens = "web-tokens"
origins = "plant"
mount = { "/" = "files:public", "/a" = "live", "/a/b" = "xmlrpc" }

[gateways.other]
listen = "tpc:1"
hub = "nohost"
hub-authority = "other.pem"

[bridges.store]
hubs = { inner = "tcp:hosta:1" }
credentials = { outer = "outer.secret" }
"""

NAMED = [
    "[gateways.web] listen: 'tcp:8000:interface=127.0.0.1': port 8000 is where [hub] http (",
    "[hub] join: 'nowhere' is not an endpoint; ",
    "[hub] token-file: ",
    "[hub] checker: no_such_module:Staff: there is no module 'no_such_module'",
    "[hub] certificate: ",
    "[hub] key: ",
    "[services.math] credentials: ",
    "[services.math] class: no_such_module:Math: there is no module 'no_such_module'",
    "[gateways.web] mount: there is no folder '",
    "[gateways.web] mount: '/a/b' stands below '/a'; put it elsewhere",
    "[gateways.web] passwords: ",
    "[gateways.web] tokens: ",
    "[gateways.web] origins: ",
    "[gateways.other] listen: 'tpc:1' is not an endpoint; ",
    "[gateways.other] hub: 'nohost' is not an endpoint; ",
    "[gateways.other] hub-authority: ",
    "[bridges.store] credentials: ",
    "[bridges.store] groups: both sides are in the exchange group ''",
]
NOT_THERE = "cannot be read: No such file or directory"


def file_of(folder: Path, text: str) -> str:
    file = folder / "site.toml"
    file.write_text(text)
    return str(file)


def lines_of(command: type[CommandOptions], file: str, *words: str) -> list[str]:
    """Return what a command says that refuses a file, less its own name and that of the file."""
    with pytest.raises(SystemExit) as caught:
        command().parseOptions(["--config", file, *words])
    return [line.removeprefix(f"twistd {command.command}: {file}: ") for line in str(caught.value.code).splitlines()]


def looked_at(file: str, *, imports: bool = False, starts: bool = True) -> list[str]:
    mistakes = Mistakes()
    SiteCheck(reactor, site_in(file, mistakes), mistakes, starts=starts).look(imports)
    return [line.removeprefix(f"{file}: ") for line in mistakes.lines]


def assert_named(lines: list[str], named: list[str]) -> None:
    assert len(lines) == len(named), lines
    for each in named:
        assert [line for line in lines if line.startswith(each)], f"{each} is not among {lines}"


def test_all_that_is_wrong_with_what_a_file_names_is_told(tmp_path: Path) -> None:
    lines = looked_at(file_of(tmp_path, BAD), imports=True)

    assert_named(lines, NAMED)
    assert sum(line.endswith(NOT_THERE) for line in lines) == 8


def test_a_command_refuses_with_all_that_is_wrong_and_imports_nothing_before(tmp_path: Path) -> None:
    named = [each for each in NAMED if "no_such_module" not in each]
    wrong_words = ["[hub] heartbeet: unknown key; did you mean 'heartbeat'?", "[gateways.web] max-body: expected "]
    text = BAD.replace("[hub]", "[hub]\nheartbeet = 1").replace("[gateways.web]", "[gateways.web]\nmax-body = 0")

    assert_named(lines_of(hub.Options, file_of(tmp_path, BAD)), named)
    assert_named(lines_of(hub.Options, file_of(tmp_path, text)), [*wrong_words, *named])


def test_each_command_looks_at_the_parts_that_it_runs(tmp_path: Path) -> None:
    file = file_of(tmp_path, BAD.replace("[hub]", "[hub]\nheartbeet = 1"))
    word = "[hub] heartbeet: "

    of_services = ["[services.math] credentials: "]
    assert_named(lines_of(services.Options, file), [word, *of_services])
    assert_named(lines_of(hub.Options, file, "--only", "services.math"), [word, *of_services])
    of_gateways = [each for each in NAMED if each.startswith("[gateways.") and "port 8000" not in each]
    assert_named(lines_of(gateways.Options, file), [word, *of_gateways])
    of_other = [each for each in of_gateways if each.startswith("[gateways.other]") and "hub:" not in each]
    assert_named(lines_of(gateways.Options, file, "--only", "gateways.other", "--hub", "tcp:a:1"), [word, *of_other])


def test_what_the_start_itself_finds_is_told_with_all_else(tmp_path: Path) -> None:
    text = '[hub]\n[services.a]\nclass = "no_a:A"\n[services.b]\nclass = "no_b:B"\n[gateways.w]\ntokens = "none"\n'
    options = hub.Options()
    options.parseOptions(["--config", file_of(tmp_path, text)])

    with pytest.raises(SystemExit) as caught:
        assembly.assemble(reactor, options.plan, "exchange", Terminal())

    lines = [line.removeprefix(f"twistd exchange: {tmp_path}/site.toml: ") for line in str(caught.value).splitlines()]
    assert_named(lines, ["[services.a] class: no_a:A: ", "[services.b] class: no_b:B: ", "[gateways.w] tokens: "])


def test_of_a_key_that_is_no_endpoint_at_all_nothing_more_is_said(tmp_path: Path) -> None:
    text = "[hub]\nlisten = 5\n[services.math]\nclass = 'm:C'\n[gateways.a]\nlisten = 6\n[gateways.b]\n"

    assert_named(looked_at(file_of(tmp_path, text)), ["[hub] listen: expected ", "[gateways.a] listen: expected "])


def test_sockets_of_systemd_are_wanted_by_whoever_starts_alone(tmp_path: Path) -> None:
    text = "[hub]\nlisten = 'systemd:domain=INET:index=0'\n[services.math]\nclass = 'm:C'\n[gateways.w]\n"
    file = file_of(tmp_path, text + "listen = 'systemd:domain=INET:index=1'\n")

    assert looked_at(file, starts=False) == []
    started = looked_at(file)
    assert [line for line in started if "[hub] listen: " in line and "has passed no such socket" in line]
    assert [line for line in started if line.startswith("[gateways.w] listen: ")]


def test_a_good_file_has_nothing_wrong(tmp_path: Path) -> None:
    text = (
        "[hub]\n[services.math]\nclass = 'exchange.services.service:Service'\n[gateways.web]\n[[policy]]\ncall = '*'\n"
    )

    assert looked_at(file_of(tmp_path, text)) == []
    assert looked_at("examples/quickstart/site.toml", imports=True) == []


def test_a_site_of_options_alone_is_looked_at_for_its_places(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        hub.Options().parseOptions(["--port", "8000", "--http", "tcp:8000:interface=127.0.0.1"])

    assert "[hub] http: 'tcp:8000:interface=127.0.0.1': port 8000 is where [hub] listen" in str(caught.value)


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    assert_named(
        looked_at(file_of(tmp_path, "[hub]\n[logging]\nfile = 'none/site.log'\n")),
        [f"[logging] file: {tmp_path}/none/site.log: there is no folder {tmp_path}/none; make it, or name another"],
    )
    assert looked_at(file_of(tmp_path, "[hub]\n[logging]\nfile = 'site.log'\n")) == []


def test_what_tracing_needs_must_be_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.app.tracing._is_there", lambda module: False)

    assert_named(looked_at(file_of(tmp_path, "[hub]\n[tracing]\nexporter = 'console'\n")), ["[tracing]"])
