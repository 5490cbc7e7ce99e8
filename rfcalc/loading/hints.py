"""What is said of an argument that names no network? The form that would, where one is near."""

import ast
import re
from difflib import get_close_matches
from pathlib import Path

from rfcalc.architectures import zoo_names

__all__ = ["file_beside", "hint"]

_NUMBERS = re.compile(r"[\[( ]*(\d{1,9}(?:(?:\s*,\s*|\s+|-)\d{1,9})*)[\]) ]*")
_SCRIPT = re.compile(r"(.+\.py):?")
_DOTTED = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)\.([A-Za-z_]\w*)")
_SLASHED = re.compile(r"((?:\.?/)?\w+(?:/\w+)+):(\w+)")
_CALLED = re.compile(r"([\w./\\-]+:\w+)\(.*\)")
_CLASS = re.compile(r"([A-Za-z_]\w*)\.([A-Z]\w*)")
_LAYERS = re.compile(
    r"c(?:onv)?\d|\d+\s*[x*]\s*\(?k\d|(?:max|avg|m|)pool\d|mp\d|\d+(?:x\d+)*(?:[sdp]\d+)*(?:,|$)|k(?:ernel)?\s*[=:]"
)
"""How layers are typed that are no chain."""
_LONGEST = 1 << 20
"""Most bytes of a script that are looked at."""
_MOST = 2000
"""Most files of a folder that are looked at."""


def hint(name: str, suffixes: tuple[str, ...]) -> str:
    """Return what to write instead of a name, empty when nothing is near.

    Parameters
    ----------
    suffixes : those of files that are read.

    Examples
    --------
    >>> hint("1,2,5", (".yaml",))
    "dilations are judged by `rfcalc.hdc_check('1,2,5')`; as a chain: k3d1,k3d2,k3d5"
    >>> hint("models/unet.py", (".yaml",))
    'a module in a Python file is named models/unet.py:MyModel `input=(1, 3, 224, 224)`'
    """
    path = Path(name)
    if numbers := _NUMBERS.fullmatch(name):
        rates = re.findall(r"\d+", numbers[1])
        chain = ",".join(f"k3d{rate}" for rate in rates)
        listed = ",".join(rates)
        return f"dilations are judged by `rfcalc.hdc_check('{listed}')`; as a chain: {chain}"
    if script := _script(name):
        return script
    if name.startswith(("http://", "https://")):
        return "download it first: a network is a file here"
    if _is_folder(path):
        return f"all networks below a folder: `rfcalc.scan({name!r}, out='results.jsonl')`"
    if re.match(r"[KD]\d", name):
        return f"a chain is written small: {name.lower()}"
    if close := file_beside(path, suffixes):
        return f"did you mean '{close}'?"
    if zoo := re.fullmatch(r"zoo[./\\ -]([\w-]+)", name, re.IGNORECASE):
        return _shipped(zoo[1])
    if dotted := _DOTTED.fullmatch(name) or _CLASS.fullmatch(name):
        made = f"{dotted[1]}:{dotted[2]} `input=(1, 3, 224, 224)`"
        return "" if path.suffix.lower() in suffixes else f"a factory stands after a colon: {made}"
    if re.match(r"k\d[\dxsdp]*\.\d", name) or (_LAYERS.match(name) and "." not in name):
        return "a chain has kernels and whole numbers, layer by layer: k3,k3d2,maxpool2,k3"
    return _shipped(name)


def _script(name: str) -> str:
    """Return how a factory in a Python file is named, empty where none is meant."""
    if script := _SCRIPT.fullmatch(name):
        named = f"{script[1]}:{(_modules(Path(script[1])) or ['MyModel'])[-1]}"
        return f"a module in a Python file is named {named} `input=(1, 3, 224, 224)`"
    if slashed := _SLASHED.fullmatch(name):
        if Path(f"{slashed[1]}.py").is_file():
            return f"did you mean '{slashed[1]}.py:{slashed[2]}'?"
        dotted = ".".join(part for part in Path(slashed[1]).parts if part not in (".", "/"))
        return f"a module is named with dots: {dotted}:{slashed[2]} `input=(1, 3, 224, 224)`"
    if called := _CALLED.fullmatch(name):
        return f"a factory is named, not called: {called[1]} `input=(1, 3, 224, 224)`"
    return ""


def _modules(path: Path) -> list[str]:
    """Return the modules that a script defines, in order; none where it cannot be parsed."""
    try:
        tree = ast.parse(path.read_bytes()[:_LONGEST])
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and any("Module" in ast.unparse(b) for b in node.bases)
    ]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def file_beside(path: Path, suffixes: tuple[str, ...]) -> str:
    """Return the file beside, of a suffix that is read, whose name is nearly this."""
    try:
        if path.exists() or str(path).startswith(("http:", "https:")):
            return ""
        names: list[str] = []
        for file in path.parent.iterdir():
            names += [file.name] if file.suffix.lower() in suffixes else []
            if len(names) > _MOST:
                return ""
    except (OSError, ValueError):
        return ""
    same = [name for name in names if Path(name).stem == path.stem]
    found = same or (get_close_matches(path.name, names, n=1, cutoff=0.8) if path.suffix else [])
    return str(path.with_name(sorted(found)[0])) if found else ""


def _shipped(name: str) -> str:
    """Return the network of the zoo whose name is nearly this."""
    if not re.fullmatch(r"[A-Za-z][\w-]{2,40}", name):
        return ""
    names = zoo_names()
    if name.lower() == "zoo":
        return f"a network of the zoo is named: zoo:{names[0]}"
    plain = name.lower().replace("_", "-")
    if plain in names:
        return f"did you mean 'zoo:{plain}'?"
    found = sorted((one for one in names if one.startswith(plain)), key=len)
    found = found or get_close_matches(plain, names, n=1, cutoff=0.75)
    listed = " or ".join(f"'zoo:{one}'" for one in found[:4])
    return f"did you mean {listed}?" if found else ""
