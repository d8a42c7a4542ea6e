"""``exchange cert``: a private authority, and certificates of it for hubs and peers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from socket import gethostname

from exchange.app import certificates
from exchange.app.certificates import Files, Pair
from exchange.app.cli.output import Output
from exchange.app.cli.parsing import add_output_options
from exchange.app.cli.status import Status
from exchange.errors import ConfigurationError

AUTHORITY = "authority"
USUAL_HOSTS = ("localhost", "127.0.0.1", "::1")
DAYS = 365
DAYS_OF_AUTHORITY = 3650

EXAMPLES = """\
examples:
  exchange cert ca
  exchange cert hub rome --host rome.plant.example --host 192.0.2.7
  exchange cert peer press
  exchange cert show rome.pem
  exchange cert show rome.pem -o json

NAME.pem is the certificate, NAME-key.pem its key, which nobody else may read. What
signs the others is authority.pem and authority-key.pem: keep that key where no
hub and no peer runs, and give authority.pem to all of them.
"""


def run(words: Sequence[str]) -> Status:
    """Make, or show, what ``words`` ask for, and return the exit status."""
    options = parser().parse_args(list(words))
    try:
        if find_spec("cryptography") is None:
            raise ConfigurationError("certificates need the package cryptography: pip install 'exchange[tls]'")
        make: Callable[[argparse.Namespace, datetime], None] = options.make
        make(options, datetime.now(UTC))
    except ConfigurationError as error:
        print(f"exchange cert: {error}", file=sys.stderr)
        return Status.USAGE
    return Status.FINE


def files_of(folder: Path, name: str) -> Files:
    """Return where the certificate of ``name`` is, and its key."""
    return Files(folder / f"{name}.pem", folder / f"{name}-key.pem")


def _make_authority(options: argparse.Namespace, now: datetime) -> None:
    made = certificates.make_authority(options.name, options.days, now)
    _write(made, AUTHORITY, options)


def _make_hub(options: argparse.Namespace, now: datetime) -> None:
    hosts = options.host or [*USUAL_HOSTS, gethostname()]
    _write(certificates.make_hub(options.name, hosts, _authority(options), options.days, now), options.name, options)


def _make_peer(options: argparse.Namespace, now: datetime) -> None:
    _write(certificates.make_peer(options.name, _authority(options), options.days, now), options.name, options)


def _show(options: argparse.Namespace, now: datetime) -> None:
    shown, output = certificates.read_certificate(options.file), Output(options.output)
    if output.is_for_people:
        output.say("\n".join(certificates.told_of(shown, now)))
    else:
        output.value(certificates.facts_of(shown, now))


def _authority(options: argparse.Namespace) -> Pair:
    files = files_of(options.folder, AUTHORITY)
    if not files.certificate.exists():
        raise ConfigurationError(f"{files.certificate}: there is none yet; make it with: exchange cert ca")
    return certificates.read_pair(files)


def _write(made: Pair, name: str, options: argparse.Namespace) -> None:
    if "/" in name or name.startswith(".") or (name == AUTHORITY and options.make is not _make_authority):
        raise ConfigurationError(f"{name!r}: a file of this name cannot be made; choose another")
    files = files_of(options.folder, name)
    certificates.write_pair(made, files, may_replace=options.force)
    print(f"made {files.certificate} and {files.key}")


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = argparse.ArgumentParser(
        prog="exchange cert",
        description="Make a private authority, and certificates of it for hubs and peers; or show one.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = made.add_subparsers(metavar="ca|hub|peer|show", required=True)
    authority = kinds.add_parser("ca", help="make the authority, which signs all others")
    authority.add_argument("--name", default="exchange", help="what it is called (exchange)")
    _add_common(authority, _make_authority, DAYS_OF_AUTHORITY)
    hub = kinds.add_parser("hub", help="make a certificate for a hub or a gateway")
    hub.add_argument("name", metavar="NAME", help="what it is called: its principal at hubs that it joins")
    usual = ", ".join(USUAL_HOSTS)
    hub.add_argument(
        "--host",
        action="append",
        help=f"a name or an address by which it is dialled; may be given again ({usual}, and the name of this machine)",
    )
    _add_common(hub, _make_hub, DAYS)
    peer = kinds.add_parser("peer", help="make a certificate for whoever dials hubs: services, gateways, people")
    peer.add_argument("name", metavar="PRINCIPAL", help="who it is at every hub")
    _add_common(peer, _make_peer, DAYS)
    show = kinds.add_parser("show", help="tell whose a certificate is, and until when it is good")
    show.add_argument("file", metavar="FILE", type=Path)
    add_output_options(show)
    show.set_defaults(make=_show)
    return made


def _add_common(
    parser: argparse.ArgumentParser, make: Callable[[argparse.Namespace, datetime], None], days: int
) -> None:
    parser.add_argument("--folder", type=Path, default=Path(), help="where the files are, the authority's too (here)")
    parser.add_argument("--days", type=_days, default=days, help=f"how long it is good ({days})")
    parser.add_argument("--force", action="store_true", help="replace what is there")
    parser.set_defaults(make=make)


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"expected a number of days above 0, got {text!r}")
    return int(text)
