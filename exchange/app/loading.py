"""Finds the class that a path such as ``plant.arithmetic:Math`` stands for, and makes a service or a checker of it."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from twisted.cred.checkers import ICredentialsChecker

from exchange.app.checking import nearest
from exchange.errors import ConfigurationError
from exchange.services.service import Service


def search_in(folders: Iterable[Path]) -> None:
    """Find modules in ``folders`` too, before all others."""
    wanted = [str(folder) for folder in folders]
    sys.path[:] = wanted + [entry for entry in sys.path if entry not in wanted]


@contextmanager
def searching_in(folders: Iterable[Path]) -> Iterator[None]:
    """Find modules in ``folders`` too, while what is done within lasts."""
    before = list(sys.path)
    search_in(folders)
    try:
        yield
    finally:
        sys.path[:] = before


class Wanted(NamedTuple):
    """What a class must be.

    Attributes:
        noun: What it is of which it makes one.
        fits: Whether something is such a class.
        mend: How one becomes such a class.
    """

    noun: str
    fits: Callable[[object], bool]
    mend: str


def load_service(path: str, label: str = "") -> Service:
    """Import a class and make a service of it.

    Args:
        path: Module and class: ``plant.arithmetic:Math``.
        label: What to name, besides the path, when it cannot be made.

    Raises:
        ConfigurationError: There is no such module or class, it is no `Service`, or it cannot be made.
    """
    made: Service = _load(path, label, SERVICE)
    return made


def load_checker(path: str, label: str = "") -> ICredentialsChecker:
    """Import a class and make a checker of `twisted.cred` of it; arguments and errors as of `load_service`."""
    made: ICredentialsChecker = _load(path, label, CHECKER)
    return made


def check_service(path: str, label: str = "") -> None:
    """Import a class of which a service is to be made; arguments and errors as of `load_service`."""
    _class_of(path, f"{label}: {path}" if label else path, SERVICE)


def check_checker(path: str, label: str = "") -> None:
    """Import a class of which a checker is to be made; arguments and errors as of `load_service`."""
    _class_of(path, f"{label}: {path}" if label else path, CHECKER)


def _class_of(path: str, where: str, wanted: Wanted) -> type[Any]:
    module_name, _, class_name = path.partition(":")
    if not module_name or not class_name:
        raise ConfigurationError(f"{where}: expected module and class, such as plant.arithmetic:Math")
    return _class_in(_module(module_name, where), class_name, where, wanted)


def _load(path: str, label: str, wanted: Wanted) -> Any:
    where = f"{label}: {path}" if label else path
    kind = _class_of(path, where, wanted)
    try:
        return kind()
    except Exception as error:
        wants_arguments = isinstance(error, TypeError) and not _frames(error)
        reason = "cannot be made without arguments: " if wants_arguments else f"making the {wanted.noun} raised "
        told = reason + (str(error) if wants_arguments else _told(error))
        raise ConfigurationError(f"{where}: {told}") from error


def _module(name: str, where: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise ConfigurationError(
                f"{where}: there is no module '{error.name}' in this folder or among what is installed"
            ) from None
        raise ConfigurationError(f"{where}: importing '{name}' raised {_told(error)}") from error
    except Exception as error:
        raise ConfigurationError(f"{where}: importing '{name}' raised {_told(error)}") from error


def _class_in(module: Any, name: str, where: str, wanted: Wanted) -> type[Any]:
    here = [word for word, value in vars(module).items() if wanted.fits(value)]
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise ConfigurationError(f"{where}: module '{module.__name__}' has no '{name}'{nearest(name, here)}")
        found = getattr(found, part)
    if not wanted.fits(found):
        raise ConfigurationError(f"{where}: not a {wanted.noun}; {wanted.mend}")
    kind: type[Any] = found
    return kind


def _is_service(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Service) and value is not Service


def _is_checker(value: object) -> bool:
    return isinstance(value, type) and bool(ICredentialsChecker.implementedBy(value))


SERVICE = Wanted("service", _is_service, "make it a class derived from exchange.Service")
CHECKER = Wanted("checker", _is_checker, "make it a class with @implementer(ICredentialsChecker) of twisted.cred")


def _told(error: Exception) -> str:
    """Return type and text of ``error``, and the line of code it came from, on one line."""
    kind = type(error).__name__
    if isinstance(error, SyntaxError) and error.filename:  # raised by the import, about a line that never ran
        return f"{kind}: {error.msg} ({error.filename}, line {error.lineno})"
    frames = _frames(error)
    place = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    return f"{kind}: {' '.join(str(error).split())}{place}"


def _frames(error: Exception) -> list[traceback.FrameSummary]:
    """Return where ``error`` passed, but for this module and the machinery of importing."""
    ours = (__file__, importlib.__file__)
    passed = traceback.extract_tb(error.__traceback__)
    return [frame for frame in passed if frame.filename not in ours and not frame.filename.startswith("<")]
