"""The files of the page."""

from __future__ import annotations

import re

import pytest

from exchange.gateways.dashboard.door import Door, permits_all
from exchange.gateways.dashboard.hosts import Hosts
from exchange.gateways.dashboard.page import FOLDER, Page
from exchange.testing import Network
from tests.gateways.dashboard.site import asked, web_of
from tests.gateways.web import Web


@pytest.fixture
def web(network: Network) -> Web:
    return web_of(network, Page(Door(None, permits_all, Hosts())))


def test_the_document_stands_at_the_root(web: Web) -> None:
    answer = asked(web, "/")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.body.startswith(b"<!doctype html>")


def test_all_that_the_document_names_is_there_and_nothing_of_it_lies_elsewhere(web: Web) -> None:
    document = (FOLDER / "index.html").read_text()
    named = re.findall(r'(?:src|href)="([^"#][^"]*)"', document)
    assert [asked(web, f"/{name}").status for name in named] == [200] * len(named)


def test_neither_script_nor_style_stands_in_the_document() -> None:
    document = (FOLDER / "index.html").read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\bsrc=)", document)


def test_no_file_names_another_site() -> None:
    for path in FOLDER.iterdir():
        addresses = set(re.findall(r"https?://[^\s\"'`)]+", path.read_text()))
        assert addresses <= {"http://www.w3.org/2000/svg"}, path.name


def test_a_file_that_a_browser_has_is_not_sent_again(web: Web) -> None:
    tag = asked(web, "/").headers["etag"]
    assert asked(web, "/", f"If-None-Match: {tag}").status == 304


@pytest.mark.parametrize("target", ["/nothing.js", "/../door.py", "/%2e%2e/door.py", "/static/index.html", "/%ff"])
def test_nothing_else_is_there(web: Web, target: str) -> None:
    assert asked(web, target).status == 404


def test_the_page_is_only_read(web: Web) -> None:
    assert asked(web, "/", method="DELETE").status == 405
    assert asked(web, "/", method="HEAD").body == b""
