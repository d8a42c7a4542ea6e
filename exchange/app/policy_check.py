"""Checks a policy beyond its words: rules that can never matter, and principals of whom nothing is known.

Nothing here is an error; each warning names the rule by its place, from 1, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from exchange.app.config import Site
from exchange.app.credentials import CredentialsFile
from exchange.app.policy import MEASURES
from exchange.app.tables import listed
from exchange.errors import ConfigurationError
from exchange.lines import meaning_lines
from exchange.routing.patterns import matches
from exchange.routing.policy import DEEDS, Deed, Rule


class Known(NamedTuple):
    """Who may come to a hub.

    Attributes:
        principals: Those of its files.
        are_all: Whether nobody else can come.
    """

    principals: tuple[str, ...]
    are_all: bool


def table_of(rules: Sequence[Rule]) -> list[str]:
    """Return the rules as lines for people."""
    lines = []
    for place, rule in enumerate(rules, 1):
        said = [f"{deed} {', '.join(getattr(rule, deed))}" for deed in DEEDS if getattr(rule, deed)]
        said += [f"{key.replace('_', '-')} {amount:.15g}" for key, amount in _limits(rule).items()]
        lines.append(f"{place:3}  {', '.join(rule.principal)}: {'; '.join(said) or 'nothing'}")
    return lines


def said_by(rule: Rule) -> dict[str, Any]:
    """Return what a rule says, by the keys of its table."""
    granted: dict[str, Any] = {deed: list(getattr(rule, deed)) for deed in DEEDS if getattr(rule, deed)}
    amounts = {key.replace("_", "-"): amount for key, amount in _limits(rule).items()}
    return {"principal": list(rule.principal), **granted, **amounts}


def warnings_about(rules: Sequence[Rule], site: Site) -> list[str]:
    """Return what is probably not meant as it was written.

    Raises:
        ConfigurationError: A file that the site names cannot be used.
    """
    if not rules:
        return ["there is no [[policy]], so everybody who may link may everything"]
    known = known_to(site)
    about_rules = [*_idle(rules), *_undotted(rules), *_unknown(rules, known)]
    return [*about_rules, *_strangers(rules, site, known), *_parts(rules, site, known)]


def known_to(site: Site) -> Known:
    """Return who may come to the hub of a site, as far as its files say."""
    hub = site.hub
    if hub is None:
        return Known((), False)
    named: list[str] = []
    for file in (hub.token_file, hub.password_file):
        named += _names_in(file) if file else []
    asks = bool(hub.token_file or hub.password_file or hub.checker or hub.authority)
    are_all = not (hub.checker or hub.authority)
    return Known(tuple(dict.fromkeys(named)) if asks else ("",), are_all)


def _names_in(file: str) -> Iterator[str]:
    try:
        with open(file, "rb") as opened:
            content = opened.read()
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from None
    for _, line in meaning_lines(content):
        yield line.partition(b":")[0].strip().decode("utf-8", "replace")


def _idle(rules: Sequence[Rule]) -> Iterator[str]:
    """Tell of rules that change nothing."""
    for place, rule in enumerate(rules, 1):
        if not any(getattr(rule, deed) for deed in DEEDS):
            if not _limits(rule):
                yield f"rule {place} grants nothing; say what, or take it out"
            continue
        for other, wider in enumerate(rules, 1):
            is_same = _covers(rule, wider) and place < other
            if other != place and _covers(wider, rule) and not is_same and not _limits(rule):
                yield f"rule {place} can never matter: rule {other} grants the same to the same principals"
                break


def _limits(rule: Rule) -> dict[str, float]:
    """Return how much a rule lets through, which may be all that it is for."""
    said = {key: getattr(rule, key) for key in MEASURES}
    return {key: amount for key, amount in said.items() if amount is not None}


def _covers(wider: Rule, rule: Rule) -> bool:
    return _all_covered(wider.principal, rule.principal) and all(
        _all_covered(getattr(wider, deed), getattr(rule, deed)) for deed in DEEDS
    )


def _all_covered(wider: Iterable[str], patterns: Iterable[str]) -> bool:
    wide = list(wider)
    return all(any(each == pattern or _is_wider(each, pattern) for each in wide) for pattern in patterns)


def _is_wider(wide: str, pattern: str) -> bool:
    """Whether all that fits a pattern fits another; a ``?`` of that could stand for a star of this, which is more."""
    return "?" not in wide and matches(wide, pattern)


def _undotted(rules: Sequence[Rule]) -> Iterator[str]:
    for place, rule in enumerate(rules, 1):
        for pattern in rule.call:
            if not set(".*?") & set(pattern):
                yield f"rule {place}: call '{pattern}' fits no call, which is SERVICE.METHOD; write '{pattern}.*'"


def _unknown(rules: Sequence[Rule], known: Known) -> Iterator[str]:
    """Tell of rules about principals that cannot come."""
    if not known.are_all or not known.principals:
        return
    asks = known.principals != ("",)
    for place, rule in enumerate(rules, 1):
        for pattern in rule.principal:
            if any(matches(pattern, each) for each in known.principals):
                continue
            if asks:
                yield f"rule {place}: no principal of token-file and password-file fits '{pattern}'"
            else:
                text = "this hub asks nobody who they are, so nobody is"
                yield f"rule {place}: {text} '{pattern}'; give [hub] a token-file, password-file, checker or authority"


def _strangers(rules: Sequence[Rule], site: Site, known: Known) -> Iterator[str]:
    """Tell of principals that may come, and may nothing; hubs need no rule."""
    hubs = listed(site.hub.hubs) if site.hub is not None else []
    for principal in known.principals:
        if not any(rule.applies_to(principal) for rule in rules) and not any(matches(each, principal) for each in hubs):
            who = f"'{principal}', who" if principal else "those who have proved nothing; everybody here is, and"
            yield f"no rule is about {who} may do nothing"


def _parts(rules: Sequence[Rule], site: Site, known: Known) -> Iterator[str]:
    """Tell of services and gateways of the file that could not do at its hub what they are for."""
    usual = site.hub.credentials if site.hub is not None else None
    for name, service in site.services.items():
        if service.hub is None:
            yield from _part(rules, f"services.{name}", ("offer",), service.credentials or usual, known)
    for name, gateway in site.gateways.items():
        if gateway.hub is None:
            yield from _part(rules, f"gateways.{name}", ("watch", "call"), gateway.credentials or usual, known)


def _part(rules: Sequence[Rule], part: str, deeds: Iterable[Deed], file: str | None, known: Known) -> Iterator[str]:
    principal: str | None = ""
    if file is not None:
        principal = getattr(CredentialsFile(file, f"[{part}] credentials").read(_ignore), "principal", None)
    elif known.principals != ("",):
        if known.are_all:
            yield f"[{part}] has no credentials, and the hub asks; write credentials = FILE there, or in [hub]"
        return
    if principal is None:  # that of a certificate
        return
    who = f"principal '{principal}'" if principal else "nobody that has proved who they are"
    for deed in deeds:
        if not any(getattr(rule, deed) for rule in rules if rule.applies_to(principal)):
            yield f"[{part}] is {who}, to whom no rule grants '{deed}'"


def _ignore(text: str) -> None:
    """Others may read the file: that is said when it is used."""
