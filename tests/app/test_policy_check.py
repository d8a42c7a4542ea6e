"""What is probably not meant in a policy is warned of, and what is right is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange import ConfigurationError, Rule
from exchange.app.config import Site
from exchange.app.policy_check import table_of, warnings_about
from exchange.app.tables import GatewayTable, HubTable, ServiceTable
from exchange.net.passwords import line_of

OPEN = Site(hub=HubTable())
TOKEN = "q9bJ3xv0m2kT7sWd"


def secret_file(folder: Path, name: str, text: str) -> str:
    file = folder / name
    file.write_text(text)
    file.chmod(0o600)
    return str(file)


@pytest.fixture
def asking(tmp_path: Path) -> HubTable:
    """A hub that knows press and web by tokens, and ann by a password."""
    tokens = secret_file(tmp_path, "tokens", f"# who\npress:{TOKEN}\nweb: {TOKEN}2\n")
    return HubTable(token_file=tokens, password_file=secret_file(tmp_path, "passwords", line_of("ann", "x") + "\n"))


def test_the_table_shows_each_rule_with_its_place() -> None:
    rules = [Rule(principal=("press", "web"), offer=("press",), call=("a.*", "b.*")), Rule(), Rule(max_instances=3)]

    assert table_of(rules) == [
        "  1  press, web: offer press; call a.*, b.*",
        "  2  *: nothing",
        "  3  *: max-instances 3",
    ]


def test_a_policy_in_which_all_is_right_is_not_warned_of(asking: HubTable, tmp_path: Path) -> None:
    shown = secret_file(tmp_path, "web.secret", f"token:web:{TOKEN}2")
    press = secret_file(tmp_path, "press.secret", f"token:press:{TOKEN}")
    site = Site(
        hub=asking,
        services={"press": ServiceTable(class_path="m:Press", credentials=press)},
        gateways={"web": GatewayTable(credentials=shown)},
    )
    rules = [
        Rule(principal=("press",), offer=("press",), join=("web-services",)),
        Rule(principal=("web",), watch=("*",), call=("*",)),
        Rule(principal=("ann", "p*"), call=("history.*",)),
    ]

    assert warnings_about(rules, site) == []
    assert warnings_about([Rule(call=("math.*",), calls_per_second=5.0)], OPEN) == []


@pytest.mark.parametrize(
    ("rules", "warning"),
    [
        ([], "there is no [[policy]], so everybody who may link may everything"),
        ([Rule(call=("*",)), Rule()], "rule 2 grants nothing; say what, or take it out"),
        (
            [Rule(call=("math.add",)), Rule(call=("math.*", "shop.*"))],
            "rule 1 can never matter: rule 2 grants the same to the same principals",
        ),
        (
            [Rule(watch=("*",)), Rule(watch=("*",))],
            "rule 2 can never matter: rule 1 grants the same to the same principals",
        ),
        ([Rule(call=("math",))], "rule 1: call 'math' fits no call, which is SERVICE.METHOD; write 'math.*'"),
        (
            [Rule(call=("*",)), Rule(principal=("bob",), offer=("x",))],
            "rule 2: this hub asks nobody who they are, so nobody is 'bob'; "
            "give [hub] a token-file, password-file, checker or authority",
        ),
        (
            [Rule(principal=("bob",), offer=("x",))],
            "rule 1: this hub asks nobody who they are, so nobody is 'bob'; "
            "give [hub] a token-file, password-file, checker or authority\n"
            "no rule is about those who have proved nothing; everybody here is, and may do nothing",
        ),
        ([Rule(principal=("",), call=("a.?",)), Rule(call=("b.*",))], ""),
        ([Rule(call=("a.?",)), Rule(call=("a.*b",))], ""),
        ([Rule(max_instances=3), Rule(call=("*",))], ""),
    ],
)
def test_each_mistake_is_warned_of_once(rules: list[Rule], warning: str) -> None:
    assert warnings_about(rules, OPEN) == warning.splitlines()


def test_principals_that_are_in_no_file_and_those_whom_no_rule_is_about_are_named(asking: HubTable) -> None:
    rules = [Rule(principal=("pres", "web"), call=("*",))]
    strangers = [f"no rule is about '{name}', who may do nothing" for name in ("press", "ann")]

    assert warnings_about(rules, Site(hub=asking)) == [
        "rule 1: no principal of token-file and password-file fits 'pres'",
        *strangers,
    ]


def test_whoever_a_checker_knows_is_not_known_here_and_hubs_need_no_rule(tmp_path: Path) -> None:
    tokens = secret_file(tmp_path, "tokens", f"hub-a:{TOKEN}\n")
    hub = HubTable(checker="m:Staff", token_file=tokens, hubs="hub-*")

    assert warnings_about([Rule(principal=("bob",), call=("a.*",))], Site(hub=hub)) == []
    assert warnings_about([Rule(principal=("bob",), call=("a.*",))], Site()) == []


def test_parts_of_the_file_that_could_not_do_what_they_are_for_are_named(asking: HubTable, tmp_path: Path) -> None:
    site = Site(
        hub=asking,
        services={
            "press": ServiceTable(
                class_path="m:Press", credentials=secret_file(tmp_path, "press.secret", f"token:press:{TOKEN}")
            ),
            "far": ServiceTable(class_path="m:Far", hub="elsewhere:1"),
            "math": ServiceTable(class_path="m:Math"),
            "tls": ServiceTable(class_path="m:Math", credentials=secret_file(tmp_path, "tls", "certificate")),
        },
        gateways={"web": GatewayTable(credentials=secret_file(tmp_path, "web.secret", f"token:web:{TOKEN}2"))},
    )
    rules = [Rule(principal=("press", "ann"), call=("*",)), Rule(principal=("web",), offer=("x",))]

    assert warnings_about(rules, site) == [
        "[services.press] is principal 'press', to whom no rule grants 'offer'",
        "[services.math] has no credentials, and the hub asks; write credentials = FILE there, or in [hub]",
        "[gateways.web] is principal 'web', to whom no rule grants 'watch'",
        "[gateways.web] is principal 'web', to whom no rule grants 'call'",
    ]


def test_where_nobody_is_asked_parts_are_nobody() -> None:
    site = Site(hub=HubTable(), services={"math": ServiceTable(class_path="m:Math")})

    assert warnings_about([Rule(call=("*",))], site) == [
        "[services.math] is nobody that has proved who they are, to whom no rule grants 'offer'"
    ]


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none: cannot be read: No such file"):
        warnings_about([Rule(call=("*",))], Site(hub=HubTable(token_file=f"{tmp_path}/none")))
