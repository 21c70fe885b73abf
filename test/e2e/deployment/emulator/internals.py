"""Loads the modules of this layer, and ends the start when the installed MiniStack is not the one that they change."""
import importlib
from importlib import metadata

VERSION = "1.5.33"
ADVICE = (
    "Install test/e2e/deployment/requirements.txt; or, for another version of MiniStack, compare each module in "
    "test/e2e/deployment/emulator with what it changes there, run checks.py, and then change VERSION in internals.py."
)


def load(names: list[str]) -> list:
    """Each module lists in NEEDS what it takes from MiniStack: module names, each with its attributes."""
    _demand_version()
    try:
        modules = [importlib.import_module(name) for name in names]
    except ImportError as error:
        raise SystemExit(f"ministack {VERSION}: {error}. {ADVICE}") from error
    missing = {name for module in modules for name in _missing(module.NEEDS)}
    if missing:
        raise SystemExit(f"ministack {VERSION} lacks {', '.join(sorted(missing))}. {ADVICE}")
    return modules


def _demand_version() -> None:
    try:
        found = metadata.version("ministack")
    except metadata.PackageNotFoundError:
        found = "none"
    if found != VERSION:
        raise SystemExit(f"This layer is written for ministack {VERSION}; found: {found}. {ADVICE}")


def _missing(needs: dict[str, tuple[str, ...]]):
    for module, attributes in needs.items():
        loaded = importlib.import_module(module)
        yield from (f"{module}.{name}" for name in attributes if not hasattr(loaded, name))
