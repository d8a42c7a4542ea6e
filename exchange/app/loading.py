"""Finds the service that a class path such as ``plant.arithmetic:Math`` stands for, and makes one."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from exchange.app.checking import nearest
from exchange.errors import ConfigurationError
from exchange.services.service import Service


def search_in(folders: Iterable[Path]) -> None:
    """Find modules in ``folders`` too, before all others."""
    wanted = [str(folder) for folder in folders]
    sys.path[:] = wanted + [entry for entry in sys.path if entry not in wanted]


def load_service(path: str, label: str = "") -> Service:
    """Import a class and make a service of it.

    Args:
        path: Module and class: ``plant.arithmetic:Math``.
        label: What to name, besides the path, when it cannot be made.

    Raises:
        ConfigurationError: There is no such module or class, it is no `Service`, or it cannot be made.
    """
    where = f"{label}: {path}" if label else path
    module_name, _, class_name = path.partition(":")
    if not module_name or not class_name:
        raise ConfigurationError(f"{where}: expected module and class, such as plant.arithmetic:Math")
    kind = _class_in(_module(module_name, where), class_name, where)
    try:
        return kind()
    except Exception as error:
        wants_arguments = isinstance(error, TypeError) and not _frames(error)
        reason = "cannot be made without arguments: " if wants_arguments else "making the service raised "
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


def _class_in(module: Any, name: str, where: str) -> type[Service]:
    here = [word for word, value in vars(module).items() if _is_service(value)]
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise ConfigurationError(f"{where}: module '{module.__name__}' has no '{name}'{nearest(name, here)}")
        found = getattr(found, part)
    if not _is_service(found):
        raise ConfigurationError(f"{where}: not a service; make it a class derived from exchange.Service")
    kind: type[Service] = found
    return kind


def _is_service(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Service) and value is not Service


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
