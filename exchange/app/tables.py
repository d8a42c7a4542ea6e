"""The tables of a configuration file: a class for each, with a field for each key.

What a key expects is said once, in the type of its field, and shown when something
else was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from exchange.app.checking import Table, nearest
from exchange.wire.limits import SMALLEST_FRAME

DEFAULT_PORT = 11111
DEFAULT_HUB = f"tcp:localhost:{DEFAULT_PORT}"
DEFAULT_WEB_PORT = 8000
DEFAULT_PATH = "/xmlrpc/service"
DEFAULT_JSON_PATH = "/jsonrpc"
DEFAULT_SOAP_PATH = "/soap"
DEFAULT_LIVE_PATH = "/live"
LOOPBACK = "127.0.0.1"
SHORTEST_PATIENCE = 1.5
"""How many heartbeats dead-after is at least; `exchange.services.exchange` insists on it."""

FACES = ("xmlrpc", "jsonrpc", "soap", "live", "metrics", "healthz", "readyz")
"""What a gateway may mount, besides folders with files."""

FILES = "files:"
"""How a gateway mounts a folder with files: ``files:public``."""

TLS_FILES = ("certificate", "key", "authority")

SHOWS = ("service_group", "service", "audience")
"""What tells, one of them alone, which services a gateway shows."""

Seconds = Annotated[float, Meta(gt=0, description="a number of seconds above 0")]
Patience = Annotated[float, Meta(ge=0, le=86_400, description="a number of seconds from 0 to 86400")]
Size = Annotated[int, Meta(gt=0, description="a number of bytes above 0")]
FrameSize = Annotated[int, Meta(ge=SMALLEST_FRAME, description=f"a number of bytes, at least {SMALLEST_FRAME}")]
Count = Annotated[int, Meta(gt=0, description="a whole number above 0")]
Label = Annotated[str, Meta(max_length=255, description="a text of at most 255 characters")]
ClassPath = Annotated[str, Meta(pattern=r"^[\w.]+:[\w.]+$", description='a class such as "plant.arithmetic:Math"')]
Endpoint = Annotated[str, Meta(min_length=1, description='an endpoint such as "tcp:8000:interface=127.0.0.1"')]
Listed = Annotated[list[str], Meta(min_length=1)]
Endpoints = Annotated[str | Listed, Meta(description='an endpoint such as "tcp:11111", or a list of them')]
Hubs = Annotated[str | Listed | None, Meta(description='an endpoint such as "tcp:localhost:11111", or a list of them')]
Groups = Annotated[str | Listed | None, Meta(description="the name of a service group, or a list of them")]
OneService = Annotated[
    Annotated[str, Meta(min_length=1, max_length=255)] | None, Meta(description="the name of one service")
]
Audience = Annotated[
    Annotated[str, Meta(min_length=1, max_length=255)] | None,
    Meta(description='the name of an exchange group, or "*" for all services'),
]
SideHubs = Annotated[
    dict[Literal["inner", "outer"], str | Listed],
    Meta(
        min_length=1,
        description='where the hub of each side is: { inner = "tcp:localhost:11112", outer = "tcp:localhost:11111" }',
    ),
]
SideGroups = Annotated[
    dict[Literal["inner", "outer"], Label],
    Meta(description='the exchange group of each side: { inner = "database", outer = "" }'),
]
Trial = Annotated[str, Meta(description='a method and its arguments, such as "multiply 6 7"')]
Choice = Annotated[Literal["least-owing", "sticky"], Meta(description='"least-owing" or "sticky"')]
NoneAs = Annotated[Literal["nil", "refuse", "empty"], Meta(description='"nil", "refuse" or "empty"')]
BigIntegers = Annotated[Literal["i8", "refuse", "text"], Meta(description='"i8", "refuse" or "text"')]
SideFiles = Annotated[
    dict[Literal["inner", "outer"], str],
    Meta(description='the files for each side: { inner = "inner.secret", outer = "outer.secret" }'),
]
Principals = Annotated[
    str | list[str] | None, Meta(description='a pattern of principals such as "hub-*", or a list of them')
]
OneChecker = Annotated[
    Annotated[str, Meta(pattern=r"^[\w.]+:[\w.]+$")] | None, Meta(description='a class such as "plant.logins:Staff"')
]
Switch = Annotated[bool, Meta(description="true or false")]
FileName = Annotated[str | None, Meta(description='the name of a file, such as "passwords"')]
Checkers = Annotated[str | Listed | None, Meta(description='a class such as "plant.logins:Staff", or a list of them')]
Origins = Annotated[
    str | Listed | None, Meta(description='an origin such as "https://plant.example", a list of them, or "*"')
]
Errors = Annotated[Literal["redacted", "full"], Meta(description='"redacted" or "full"')]
PageEndpoint = Annotated[
    Annotated[str, Meta(min_length=1)] | None, Meta(description='an endpoint such as "tcp:8080:interface=127.0.0.1"')
]
LogFormat = Annotated[Literal["text", "json"], Meta(description='"text" or "json"')]
LevelName = Literal["debug", "info", "warn", "error", "critical"]
LogLevel = Annotated[LevelName, Meta(description='"debug", "info", "warn", "error" or "critical"')]
LogLevels = Annotated[
    dict[Annotated[str, Meta(min_length=1)], LevelName],
    Meta(description='namespaces and their levels, such as { "exchange.net" = "debug" }'),
]
ExporterName = Literal["none", "console", "otlp"]
Exporter = Annotated[ExporterName, Meta(description='"none", "console" or "otlp"')]
WebAddress = Annotated[
    Annotated[str, Meta(pattern="^https?://")] | None, Meta(description='a URL such as "http://localhost:4318"')
]
Title = Annotated[Annotated[str, Meta(min_length=1, max_length=255)] | None, Meta(description="a text")]
Share = Annotated[float, Meta(ge=0, le=1, description="a number from 0 to 1")]
Mount = Annotated[
    dict[str, str],
    Meta(min_length=1, description='paths and what answers there, such as { "/xmlrpc/service" = "xmlrpc" }'),
]


class HubTable(Table, frozen=True):
    """``[hub]``: where the hub of the site listens, which others it joins, and how links are looked after."""

    name: Label = ""
    listen: Endpoints = f"tcp:{DEFAULT_PORT}:interface={LOOPBACK}"
    join: Hubs = None
    advertise: Hubs = None
    http: PageEndpoint = None
    group: Label = ""
    heartbeat: Seconds = 10.0
    dead_after: Seconds = 30.0
    drain_time: Patience = 30.0
    blocked_after: Patience = 1.0
    token_file: FileName = None
    password_file: FileName = None
    checker: OneChecker = None
    hubs: Principals = None
    credentials: FileName = None
    certificate: FileName = None
    key: FileName = None
    authority: FileName = None
    insecure: Switch = False
    fast: Switch = False

    def faults(self) -> Iterator[str]:
        """Return how values do not agree with one another."""
        yield from _faults_of_files(self)
        if self.dead_after < SHORTEST_PATIENCE * self.heartbeat:
            least = f"at least {SHORTEST_PATIENCE:g} times heartbeat ({self.heartbeat:g})"
            yield f"dead-after ({self.dead_after:g}) must be {least}"


class LimitsTable(Table, frozen=True):
    """``[limits]``: how much a link may carry and hold, and how long it may take."""

    max_frame: FrameSize = 16 * 2**20
    soft_limit: Size = 16 * 2**20
    hard_limit: Size = 64 * 2**20
    max_calls: Count = 65_536
    max_instances: Count = 65_536
    max_subscriptions: Count = 65_536
    max_kept: Size = 16 * 2**20
    max_changes: Count = 1_000
    max_links: Count = 16_384
    max_links_per_address: Count = 1_024
    max_greetings: Count = 1_024
    greeting_time: Seconds = 10.0
    farewell_time: Seconds = 1.0

    def faults(self) -> Iterator[str]:
        """Return how values do not agree with one another."""
        if self.hard_limit < self.soft_limit:
            yield f"hard-limit ({self.hard_limit}) must be at least soft-limit ({self.soft_limit})"


class LoggingTable(Table, frozen=True):
    """``[logging]``: what every process of the site writes to its log, and how."""

    format: LogFormat = "text"
    level: LogLevel = "info"
    levels: LogLevels = {}
    calls: Switch = False
    file: FileName = None


class TracingTable(Table, frozen=True):
    """``[tracing]``: where the spans of OpenTelemetry go, and how many there are."""

    exporter: Exporter = "none"
    endpoint: WebAddress = None
    service: Title = None
    sample: Share = 1.0


class ServiceTable(Table, frozen=True, rename={"class_path": "class", "trial": "try"}):
    """``[services.NAME]``: a service to run, and the hubs to offer it at."""

    class_path: ClassPath
    hub: Hubs = None
    credentials: FileName = None
    certificate: FileName = None
    key: FileName = None
    authority: FileName = None
    trial: Trial = ""


class GatewayTable(Table, frozen=True):
    """``[gateways.NAME]``: an HTTP face to the services of a group, to one service, or to those of an audience."""

    listen: Endpoint = f"tcp:{DEFAULT_WEB_PORT}:interface={LOOPBACK}"
    certificate: FileName = None
    key: FileName = None
    authority: FileName = None
    hub: Hubs = None
    credentials: FileName = None
    hub_certificate: FileName = None
    hub_key: FileName = None
    hub_authority: FileName = None
    service_group: Groups = None
    service: OneService = None
    audience: Audience = None
    choice: Choice = "least-owing"
    mount: Mount = msgspec.field(default_factory=lambda: {DEFAULT_PATH: "xmlrpc"})
    max_body: Size = 2**20
    max_batch: Count = 100
    max_calls: Count = 100
    max_connections: Count = 1_000
    max_connections_per_address: Count = 100
    request_timeout: Seconds = 30.0
    idle_timeout: Seconds = 30.0
    none: NoneAs = "nil"
    big_integers: BigIntegers = "i8"
    passwords: FileName = None
    tokens: FileName = None
    checker: Checkers = None
    origins: Origins = None
    errors: Errors = "redacted"
    live_heartbeat: Seconds = 15.0
    max_streams: Count = 500
    max_streams_per_address: Count = 50

    def faults(self) -> Iterator[str]:
        """Return how values do not agree with one another."""
        yield from _faults_of_files(self)
        given = [key.replace("_", "-") for key in SHOWS if getattr(self, key) is not None]
        if len(given) > 1:
            yield f"{given[0]}: {given[1]} is given too, and either tells alone which services are shown"
        for path, face in self.mount.items():
            if face == FILES or (face not in FACES and not face.startswith(FILES)):
                text = f"mount: nothing is called '{face}' that could answer at '{path}'"
                yield f"{text}{nearest(face, [*FACES, f'{FILES}FOLDER'])}"

    @property
    def groups(self) -> list[str] | None:
        """The groups of which services are shown; ``None`` if it is said otherwise which."""
        if self.service is not None or self.audience is not None:
            return None
        return listed(self.service_group) or ["web-services"]


class BridgeTable(Table, frozen=True):
    """``[bridges.NAME]``: two exchange groups to join, each by a hub of it."""

    hubs: SideHubs
    groups: SideGroups = {}
    credentials: SideFiles = {}
    certificate: SideFiles = {}
    key: SideFiles = {}
    authority: SideFiles = {}


def listed(value: str | list[str] | None) -> list[str]:
    """Return what a key that takes one text or a list of them says, as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


def _faults_of_files(table: HubTable | GatewayTable) -> Iterator[str]:
    if table.authority is not None and table.certificate is None:
        yield "authority: it asks others for certificates, so certificate and key must be given too"
