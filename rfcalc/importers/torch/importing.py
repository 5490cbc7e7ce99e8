"""Which Python module is meant by a dotted name, or by the path of a file? It is imported here."""

import importlib
import importlib.util
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from rfcalc.errors import fail
from rfcalc.importers.torch.raised import theirs

__all__ = ["import_code"]

_LIBRARIES = {"site-packages", "dist-packages"}
"""Folders of installed packages."""


def import_code(place: str) -> ModuleType:
    """Return the module that a dotted name or the path of a ``.py`` file names, run if need be.

    A name is looked for in the current folder first. A file is imported as Python runs a script,
    its own folder first, then the current one; a file of a package as the part of it that it is,
    so that its relative imports hold.

    Raises
    ------
    RfcalcError
        RF506: there is no such module or file, or it needs one that is missing; RF507: it raised.
    """
    here = Path.cwd()
    if not place.endswith(".py"):
        _look_in(here)
        return _run(place, place, lambda: importlib.import_module(place))
    path = Path(place).resolve()
    if not path.is_file():
        raise fail("RF506", f"there is no file '{place}'", "check the path")
    folder, name = _place_of(path)
    for one in (here, folder):
        _look_in(one)
    if not (path.parent / "__init__.py").is_file() or folder == path.parent:
        return _run(place, name, lambda: _import_file(name, path))
    module = _run(place, name, lambda: importlib.import_module(name))
    if _place(module) != path:
        fact = f"'{place}' is the module '{name}', and another package of that name is imported"
        raise fail("RF506", fact, "rename its folder, or name the module: package.module:factory")
    return module


def _place_of(path: Path) -> tuple[Path, str]:
    """Return the folder from which a file is imported, and the dotted name that it has there."""
    folder, parts = path.parent, [path.stem] if path.stem != "__init__" else []
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        folder, parts = folder.parent, [folder.name, *parts]
    return folder, ".".join(parts) or path.stem


def _look_in(folder: Path) -> None:
    """Have modules looked for in a folder before all others, whatever was imported elsewhere.

    What the user's code imported from another folder is forgotten where this one has a module of
    the same name: two models may each have a ``blocks.py`` beside them.
    """
    sys.path[:] = [str(folder), *(other for other in sys.path if other != str(folder))]
    importlib.invalidate_caches()
    for name in {name.partition(".")[0] for name in list(sys.modules)} - {"__main__"}:
        file, package = folder / f"{name}.py", folder / name
        # A folder without __init__.py stands behind any module of its name.
        begins = "__init__.py" if _place(sys.modules.get(name)) else "."
        if not (file.is_file() or (package / begins).exists()):
            continue
        known = [n for n in sys.modules if n == name or n.startswith(f"{name}.")]
        places = [place for n in known if (place := _place(sys.modules[n]))]
        if not any(map(_is_installed, places)) and not all(
            place == file or place.is_relative_to(package) for place in places
        ):
            for one in known:
                del sys.modules[one]


def _place(module: ModuleType | None) -> Path | None:
    """Return the file that a module was read from."""
    file: str | None = getattr(module, "__file__", None)
    return Path(file).resolve() if file else None


def _is_installed(place: Path) -> bool:
    """Whether a module is a part of Python, of an installed package or of rfcalc itself."""
    own = (sysconfig.get_paths()["stdlib"], Path(__file__).parents[2])
    return not {*place.parts}.isdisjoint(_LIBRARIES) or any(
        place.is_relative_to(Path(one).resolve()) for one in own
    )


def _import_file(name: str, path: Path) -> ModuleType:
    """Return the module of a file outside of packages, under a name that no other module has."""
    while name in sys.modules:
        if _place(sys.modules[name]) == path:
            return sys.modules[name]
        name += "_"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None  # the suffix is that of Python code
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _run(place: str, name: str, run: Callable[[], ModuleType]) -> ModuleType:
    """Return what an import gives; what it raises becomes the fault of the code."""
    try:
        return run()
    except ModuleNotFoundError as fault:
        missing = fault.name or name
        if name == missing or name.startswith(f"{missing}."):
            fact = f"there is no module '{place}'"
            raise fail("RF506", fact, "check the name, or install it") from None
        fact = f"'{place}' needs '{missing}', which is missing"
        raise fail("RF506", fact, f"pip install {missing}") from None
    except (Exception, SystemExit) as fault:
        if "no known parent package" in str(fault):
            help = "its folder is no package: give it an __init__.py, and relative imports hold"
            raise theirs(f"importing '{place}'", fault, help) from None
        raise theirs(f"importing '{place}'", fault) from None
