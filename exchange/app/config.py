"""The configuration of a site: one TOML file, read and checked before anything starts.

Each table of the file is a class here, with a field for each key; what a field
expects is said once, in its type, and shown when something else was written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import fields

from exchange.app.checking import AnyTable, Table, checked_table, nearest, shown
from exchange.app.policy import PolicyTable, policy_in
from exchange.errors import ConfigurationError
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

TABLES = ("hub", "limits", "policy", "services", "gateways", "bridges")
FACES = ("xmlrpc", "jsonrpc", "soap", "live")
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

    def __post_init__(self) -> None:
        _check_listening_files(self)
        if self.dead_after < SHORTEST_PATIENCE * self.heartbeat:
            least = f"at least {SHORTEST_PATIENCE:g} times heartbeat ({self.heartbeat:g})"
            raise ValueError(f"dead-after ({self.dead_after:g}) must be {least}")


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

    def __post_init__(self) -> None:
        if self.hard_limit < self.soft_limit:
            raise ValueError(f"hard-limit ({self.hard_limit}) must be at least soft-limit ({self.soft_limit})")


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

    def __post_init__(self) -> None:
        _check_listening_files(self)
        given = [key.replace("_", "-") for key in SHOWS if getattr(self, key) is not None]
        if len(given) > 1:
            raise ValueError(f"{given[0]}: {given[1]} is given too, and either tells alone which services are shown")
        for path, face in self.mount.items():
            if face == FILES or (face not in FACES and not face.startswith(FILES)):
                text = f"mount: nothing is called '{face}' that could answer at '{path}'"
                raise ValueError(f"{text}{nearest(face, [*FACES, f'{FILES}FOLDER'])}")

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


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """All that one file says; what it does not name is not there.

    Attributes:
        file: The file, as it was named; empty if options alone describe the site.
        hub: The hub of the site, wherever it runs.
        runs_hub: Whether it is among the parts to run.
        policy: The rules of the hub.
        services: Those to run, by their names in the file.
        gateways: Likewise.
        bridges: Likewise.
    """

    file: str = ""
    hub: HubTable | None = None
    runs_hub: bool = False
    limits: LimitsTable = LimitsTable()
    policy: tuple[PolicyTable, ...] = ()
    services: dict[str, ServiceTable] = {}
    gateways: dict[str, GatewayTable] = {}
    bridges: dict[str, BridgeTable] = {}

    @property
    def folder(self) -> Path | None:
        """Where the file lies, if there is one; the classes that it names may lie there too."""
        return Path(self.file).resolve().parent if self.file else None

    @property
    def parts(self) -> list[str]:
        """The names by which ``--only`` knows what is to run."""
        hub = ["hub"] if self.runs_hub else []
        named: dict[str, dict[str, Any]] = {"services": self.services, "gateways": self.gateways}
        named["bridges"] = self.bridges
        return hub + [f"{kind}.{name}" for kind, tables in named.items() for name in tables]

    def only(self, chosen: Iterable[str]) -> Site:
        """Return the site with the chosen parts to run, or as it is if none is chosen.

        Raises:
            ConfigurationError: There is no such part.
        """
        wanted = list(chosen)
        for part in wanted:
            if part not in self.parts:
                raise ConfigurationError(f"--only: {self.file} has no part '{part}'{nearest(part, self.parts)}")
        return self if not wanted else self._reduced(wanted)

    def _reduced(self, wanted: list[str]) -> Site:
        return msgspec.structs.replace(
            self,
            runs_hub="hub" in wanted,
            services={name: table for name, table in self.services.items() if f"services.{name}" in wanted},
            gateways={name: table for name, table in self.gateways.items() if f"gateways.{name}" in wanted},
            bridges={name: table for name, table in self.bridges.items() if f"bridges.{name}" in wanted},
        )


def read_site(file: str) -> Site:
    """Read and check a configuration file.

    Raises:
        ConfigurationError: It cannot be read, or says something that cannot be; in one line.
    """
    tables = _tables(file)
    for name, table in tables.items():
        if name not in TABLES:
            raise ConfigurationError(f"{file}: {_stray(name, table)}")
    return Site(
        file=file,
        runs_hub="hub" in tables,
        hub=_hub_in(tables["hub"], file) if "hub" in tables else None,
        limits=checked_table(LimitsTable, tables.get("limits", {}), f"{file}: [limits]"),
        policy=policy_in(tables.get("policy", []), file),
        services={
            name: placed_files(table, file, "credentials", *TLS_FILES)
            for name, table in _named(ServiceTable, "services", tables, file).items()
        },
        gateways={name: _placed(table, file) for name, table in _named(GatewayTable, "gateways", tables, file).items()},
        bridges={
            name: _placed_bridge(each, file) for name, each in _named(BridgeTable, "bridges", tables, file).items()
        },
    )


def listed(value: str | list[str] | None) -> list[str]:
    """Return what a key that takes one text or a list of them says, as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


def _check_listening_files(table: HubTable | GatewayTable) -> None:
    if table.authority is not None and table.certificate is None:
        raise ValueError("authority: it asks others for certificates, so certificate and key must be given too")


def _stray(name: str, value: object) -> str:
    """Return what is said of a name at the top of a file that means nothing there."""
    if isinstance(value, dict):
        return f"[{name}]: unknown table{nearest(name, TABLES)}"
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        return f"[[{name}]]: unknown tables{nearest(name, ['policy'])}"
    kinds: dict[str, type[Table]] = {
        "hub": HubTable,
        "limits": LimitsTable,
        "services.NAME": ServiceTable,
        "gateways.NAME": GatewayTable,
        "bridges.NAME": BridgeTable,
    }
    homes = [f"[{table}]" for table, kind in kinds.items() if name in {field.encode_name for field in fields(kind)}]
    return f"{name}: a key stands in a table; {f'this one in {homes[0]}' if homes else 'one is [hub]'}"


def _tables(file: str) -> dict[str, Any]:
    try:
        with open(file, "rb") as opened:
            return tomllib.load(opened)
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ConfigurationError(f"{file}: not TOML: {error}") from None


def _placed(table: GatewayTable, file: str) -> GatewayTable:
    folder = Path(file).parent
    mount = {path: placed_folder(face, folder) for path, face in table.mount.items()}
    of_hub = (f"hub_{name}" for name in TLS_FILES)
    table = placed_files(table, file, "passwords", "tokens", "credentials", *TLS_FILES, *of_hub)
    return msgspec.structs.replace(table, mount=mount)


def _hub_in(given: object, file: str) -> HubTable:
    table = checked_table(HubTable, given, f"{file}: [hub]")
    return placed_files(table, file, "token_file", "password_file", "credentials", *TLS_FILES)


def _placed_bridge(table: BridgeTable, file: str) -> BridgeTable:
    folder = Path(file).parent
    placed = {
        key: {side: str(folder / name) for side, name in getattr(table, key).items()}
        for key in ("credentials", *TLS_FILES)
    }
    return msgspec.structs.replace(table, **placed)


def placed_files(table: AnyTable, file: str, *names: str) -> AnyTable:
    """Return a table whose own files are found from anywhere: what it names lies where the configuration does."""
    folder = Path(file).parent
    named = {name: getattr(table, name) for name in names}
    return msgspec.structs.replace(table, **{name: str(folder / path) for name, path in named.items() if path})


def placed_folder(face: str, folder: Path) -> str:
    """Return what is mounted; the name of a folder with files is understood within ``folder``."""
    return f"{FILES}{folder / face.removeprefix(FILES)}" if face.startswith(FILES) else face


def _named(kind: type[AnyTable], name: str, tables: dict[str, Any], file: str) -> dict[str, AnyTable]:
    given = tables.get(name, {})
    if not isinstance(given, dict):
        raise ConfigurationError(f"{file}: {name}: expected tables such as [{name}.NAME], got {shown(given)}")
    return {key: checked_table(kind, table, f"{file}: [{name}.{key}]") for key, table in given.items()}
