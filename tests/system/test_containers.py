"""The site of ``compose.yaml``: what its containers run is run here, without any, with the secrets of the how-to.

Neither Docker nor Compose is needed: hosts are ports of this machine, and secrets the files that Compose would show. So
the commands, the environment, the files and the checks of health are what stands there.
"""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
from pathlib import Path
from typing import Any
from xmlrpc.client import ServerProxy

import pytest
import yaml

from tests.system.conftest import StartProcess
from tests.system.howto import Howto, said
from tests.system.processes import PATIENCE, Process, environment, free_port, program

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
TEXT = (ROOT / "compose.yaml").read_text()
SITE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = SITE["services"]
PLACE = re.compile(r"tcp:(?:(?P<host>[a-z]+):)?(?P<port>\d+)")


def instructions(word: str) -> list[str]:
    """Return what stands behind a word of the Dockerfile, each time that it does; its lines are joined."""
    return re.findall(rf"^{word} (.*)$", DOCKERFILE.replace("\\\n", " "), re.MULTILINE)


class Containers:
    """The containers of the site, as processes of this machine."""

    def __init__(self, process: StartProcess, folder: Path) -> None:
        self._process, self._folder = process, folder
        self._ports = {(name, port): free_port() for name, port in [("rome", 11111), ("milan", 11111), ("web", 8000)]}
        self.processes: dict[str, Process] = {}

    def start(self, name: str) -> None:
        """Start what one of them runs, where its image says it is run."""
        words = [self._here(name, word) for word in shlex.split(SERVICES[name]["command"])]
        entry = yaml.safe_load(instructions("ENTRYPOINT")[0])
        (volume,) = SERVICES[name].get("volumes", [".:/site"])
        host, place, *_ = volume.split(":")
        assert place == instructions("WORKDIR")[-1]
        cwd = ROOT / host if "volumes" in SERVICES[name] else self._folder
        self.processes[name] = self._process(*entry, *words, ready="serves: ", cwd=cwd, env=self._environment(name))

    def is_healthy(self, name: str) -> bool:
        """Do what Docker does now and then."""
        image = yaml.safe_load(instructions("HEALTHCHECK")[0].partition(" CMD ")[2])
        kind, *words = SERVICES[name].get("healthcheck", {}).get("test", ["CMD", *image])
        assert kind == "CMD"
        words = [program(words[0]), *(self._here(name, word) for word in words[1:])]
        done = subprocess.run(words, env=environment(**self._environment(name)), capture_output=True, check=False)
        return done.returncode == 0

    def said(self, name: str, command: str) -> str:
        """Run a command in a container, as ``docker compose exec`` does; return what it says."""
        before = " ".join(f"{key}={shlex.quote(value)}" for key, value in self._environment(name).items())
        return said(f"{before} {command}", self._folder)

    def port(self, name: str, port: int) -> int:
        """Return the port that stands for one of a container."""
        return self._ports[name, port]

    def _environment(self, name: str) -> dict[str, str]:
        given = {"EXCHANGE_HUB": "tcp:localhost:11111"} | SERVICES[name]["environment"]
        return {key: self._here(name, value) for key, value in given.items()}

    def _here(self, name: str, text: str) -> str:
        """Return a word of a command as it is here: hosts are ports, and secrets files of the how-to."""
        for secret in SERVICES[name]["secrets"]:
            file = SITE["secrets"][secret]["file"]
            text = text.replace(f"/run/secrets/{secret}", str(self._folder / file))
        assert "/run/secrets" not in text, f"{name} is not given {text}"
        text = text.replace("'127.0.0.1', 8000", f"'127.0.0.1', {self._ports['web', 8000]}")
        return PLACE.sub(lambda found: self._place(name, found), text)

    def _place(self, name: str, found: re.Match[str]) -> str:
        host = name if found["host"] in (None, "localhost") else found["host"]
        port = self._ports[host, int(found["port"])]
        return f"tcp:127.0.0.1:{port}" if found["host"] else f"tcp:{port}:interface=127.0.0.1"


@pytest.fixture
def site(process: StartProcess, tmp_path: Path) -> Containers:
    """All of them, started in the order in which they stand there, with the secrets that the how-to makes."""
    howto = Howto("containers.md", process, tmp_path)
    howto.carry_out()
    assert howto.ran == 3
    containers = Containers(process, tmp_path)
    for name in SERVICES:
        containers.start(name)
    return containers


def test_the_site_serves_is_healthy_and_goes_on_without_one_of_its_hubs(site: Containers, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{site.port('web', 8000)}/xmlrpc/service/math"
    assert site.said("math", "exchange call --wait 10 math.multiply 6 7") == "42\n"
    with ServerProxy(url) as math:
        assert math.multiply(6, 7) == 42
    assert "milan" in site.said("rome", "exchange hubs")
    assert [name for name in SERVICES if not site.is_healthy(name)] == []

    site.processes["milan"].signal(signal.SIGTERM)
    site.processes["milan"].wait(PATIENCE)
    assert not site.is_healthy("milan")
    with ServerProxy(url) as math:
        assert math.multiply(6, 7) == 42
    assert site.is_healthy("web")


def test_each_secret_is_a_file_that_only_those_are_given_who_need_it() -> None:
    for name, service in SERVICES.items():
        own = service["environment"]["EXCHANGE_CREDENTIALS"].removeprefix("/run/secrets/")
        hub = ["tokens"] if "--token-file" in service["command"] else []
        assert service["secrets"] == [*hub, own], name
    assert {each for service in SERVICES.values() for each in service["secrets"]} == set(SITE["secrets"])
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {Path(each["file"]).parts[0] + "/" for each in SITE["secrets"].values()} <= set(ignored)


def test_the_containers_stop_no_sooner_than_what_runs_in_them_has_left() -> None:
    for service in SERVICES.values():
        assert int(service["stop_grace_period"].removesuffix("s")) > 30
    assert instructions("STOPSIGNAL") == ["SIGTERM"]


def test_the_image_is_made_of_what_is_there_and_of_nothing_else() -> None:
    """No secret and no virtual environment is sent to whoever makes the image."""
    shown = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [word for line in instructions("COPY") if "--from" not in line for word in line.split()[:-1]]
    assert sorted(shown) == sorted(set(copied))
    assert all((ROOT / each).exists() for each in copied)
    assert "\n*\n" in (ROOT / ".dockerignore").read_text()


def test_the_image_has_extras_that_there_are_and_a_python_that_is_tried() -> None:
    setup = (ROOT / "setup.cfg").read_text()
    (extras,) = re.findall(r"'\.\[(.*)\]'", DOCKERFILE)
    assert [each for each in extras.split(",") if not re.search(rf"^{each} =$", setup, re.MULTILINE)] == []
    (version,) = re.findall(r"^ARG PYTHON=(.*)$", DOCKERFILE, re.MULTILINE)
    assert f"Programming Language :: Python :: {version}\n" in setup


def test_what_runs_in_the_image_is_nobody_in_particular_and_writes_nothing() -> None:
    (user,) = instructions("USER")
    assert "root" not in user
    assert user.split(":") != ["0", "0"]
    assert f"${{EXCHANGE_USER:-{user}}}" in TEXT
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in SERVICES.values())
    assert "--pidfile=" in instructions("ENTRYPOINT")[0]
