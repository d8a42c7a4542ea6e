"""TLS as tables and options ask for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exchange.app.gateways import Options as GatewayOptions
from exchange.app.hub import Options as HubOptions
from exchange.app.securing import (
    Securing,
    securing_of,
    securing_of_gateway,
    securing_of_side,
    securing_to,
)
from exchange.app.services import Options as ServiceOptions
from exchange.app.tables import BridgeTable, GatewayTable, HubTable, ServiceTable
from exchange.errors import ConfigurationError
from exchange.net.certificate import Certificate
from tests.app.planning import complaint, planned
from tests.net.authority import make_files

SITE = """
[hub]
certificate = "hub.pem"
key = "hub-key.pem"
authority = "authority.pem"

[services.math]
class = "m:C"

[services.far]
class = "m:C"
hub = "tcp:far:1"
authority = "far.pem"

[services.plain]
class = "m:C"
hub = "tcp:plain:1"

[gateways.web]
certificate = "web.pem"
key = "web-key.pem"
hub-authority = "authority.pem"

[bridges.store]
hubs = { outer = "tcp:far:1" }
groups = { inner = "database" }
certificate = { outer = "outer.pem" }
key = { outer = "outer-key.pem" }
"""


def test_parts_of_a_file_that_say_nothing_of_hub_and_tls_dial_as_its_hub_does(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(SITE)
    certificate, key, authority = (str(tmp_path / name) for name in ("hub.pem", "hub-key.pem", "authority.pem"))
    of_hub = Securing(certificate, key, authority, f"{file}: [hub]")

    plan = planned(HubOptions, "--config", str(file))

    assert plan.securing == of_hub
    math, far, plain = plan.services
    assert math.securing == of_hub
    assert far.securing == Securing(None, None, str(tmp_path / "far.pem"), f"{file}: [services.far]")
    assert plain.securing is None
    (web,) = plan.gateways
    assert web.securing is not None
    assert web.securing[:4] == (None, None, str(tmp_path / "authority.pem"), f"{file}: [gateways.web]")
    assert (web.table.certificate, web.table.key) == (str(tmp_path / "web.pem"), str(tmp_path / "web-key.pem"))
    (store,) = plan.bridges
    assert store.inner.securing == of_hub
    assert store.outer.securing == Securing(
        str(tmp_path / "outer.pem"), str(tmp_path / "outer-key.pem"), None, f"{file}: [bridges.store]"
    )


def test_options_and_environment_say_it_for_services_and_gateways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_AUTHORITY", "authority.pem")
    (services,) = planned(ServiceOptions, "--certificate", "p.pem", "--key", "p-key.pem", "m:C").services
    assert services.securing == Securing("p.pem", "p-key.pem", "authority.pem")

    monkeypatch.delenv("EXCHANGE_AUTHORITY")
    monkeypatch.setenv("EXCHANGE_HUB_AUTHORITY", "authority.pem")
    (web,) = planned(GatewayOptions, "--certificate", "w.pem", "--key", "w-key.pem").gateways
    assert web.securing is not None
    assert web.securing[:3] == (None, None, "authority.pem")
    assert securing_of(web.table)[:3] == ("w.pem", "w-key.pem", None)


def test_the_tables_have_their_own_words_for_it() -> None:
    files: dict[str, Any] = {"certificate": "c", "key": "k", "authority": "a"}
    assert securing_of(ServiceTable(class_path="m:C", **files)) == Securing("c", "k", "a")
    gateway = GatewayTable(hub_certificate="c", hub_key="k", hub_authority="a")
    keys = ("hub-certificate", "hub-key", "hub-authority")
    assert securing_of_gateway(gateway, "x") == Securing("c", "k", "a", "x", keys=keys)
    bridge = BridgeTable(hubs={"inner": "a:1"}, authority={"inner": "a"})
    assert securing_of_side(bridge, "inner", "x") == Securing(None, None, "a", "x")
    assert not securing_of_side(bridge, "outer", "x").is_asked_for


def test_who_may_prove_it_by_something_else_need_not_show_a_certificate() -> None:
    files: dict[str, Any] = {"certificate": "c", "key": "k", "authority": "a"}
    assert securing_of(HubTable(**files)).insists
    for key in ("token_file", "password_file"):
        assert not securing_of(HubTable(**(files | {key: "t"}))).insists


def test_a_hub_without_an_authority_is_dialled_by_those_of_its_file_who_believe_its_certificate() -> None:
    own = securing_to(HubTable(certificate="c", key="k"), "x")
    assert own.believes_itself
    assert own.shown() is None
    asking = securing_to(HubTable(certificate="c", key="k", authority="a"), "x")
    assert not asking.believes_itself
    assert isinstance(asking.shown(), Certificate)


def test_how_others_dial_is_told_in_options() -> None:
    assert Securing(None, None, None).told() == ""
    assert Securing("c", "k", "the a.pem").told() == (
        " --authority 'the a.pem' --certificate YOURS.pem --key YOURS-key.pem"
    )
    assert Securing(None, None, "a.pem").told() == " --authority a.pem"
    assert Securing("c", "k", None, insists=False).told() == " --authority AUTHORITY.pem"


def test_files_that_cannot_be_used_are_named_with_their_table(tmp_path: Path) -> None:
    make_files(tmp_path)
    good = Securing(None, None, str(tmp_path / "authority.pem"), "site.toml: [hub]")
    assert good.made() is not None
    assert Securing(None, None, None).made() is None
    with pytest.raises(ConfigurationError, match=r"^site.toml: \[hub\]: certificate and key go together, and only c"):
        good._replace(certificate="c").made()
    with pytest.raises(ConfigurationError, match=r"^none.pem: cannot be read"):
        Securing(None, None, "none.pem").made()
    with pytest.raises(ConfigurationError, match=r"^site.toml: \[hub\] authority: none.pem: cannot be read"):
        good._replace(authority="none.pem").made()


def test_each_file_that_cannot_be_read_is_told_of() -> None:
    securing = securing_of_gateway(GatewayTable(hub_certificate="c", hub_key="k"), "site.toml: [gateways.web]")

    assert list(securing.unreadable()) == [
        "site.toml: [gateways.web] hub-certificate: c: cannot be read: No such file or directory",
        "site.toml: [gateways.web] hub-key: k: cannot be read: No such file or directory",
    ]


@pytest.mark.parametrize("options", [HubOptions, GatewayOptions])
def test_to_ask_for_certificates_needs_one(options: type[HubOptions]) -> None:
    assert complaint(options, "--authority", "a.pem").startswith("--authority: it asks others for certificates, so")
