"""What kind of network does an argument name, and which parameters has such a one a use for?"""

import re
from pathlib import Path

from rfcalc.errors import fail
from rfcalc.loading.foreign import FILES, told_of
from rfcalc.loading.texts import check_kept, exists
from rfcalc.spec import is_chain
from rfcalc.spec.text import SIZE_LIMIT

__all__ = [
    "MODELS",
    "SUFFIXES",
    "TAKERS",
    "TEXTS",
    "code_file",
    "is_network",
    "is_target",
    "kind_of",
    "refuse_useless",
    "runs_code",
]

SUFFIXES = (".yaml", ".yml", ".json")
MODELS = (".pt2", ".onnx", ".keras", ".h5", ".hdf5", ".tflite")
_TARGET = re.compile(r"(?:(?P<file>.+\.py)|[A-Za-z_][\w.]*):[A-Za-z_][\w.]*")
TEXTS = ("text", "chain", "zoo", "standard input", "held")
"""Ways of writing a network down as layers."""
TAKERS: dict[str, tuple[tuple[str, ...], str]] = {
    "kwargs": (("target",), "package.module:factory"),
    "take_values": (("target", "module"), "models in Python"),
    "submodule": (("target", "module", *MODELS), "models"),
    "assume_pointwise": (("target", "module", *MODELS), "models"),
    "layout": (("target", "module", *MODELS), "models"),
    "value": ((".onnx",), "ONNX files"),
    "max_offset": (("target", "module", ".pt2", ".onnx"), "models of PyTorch and ONNX"),
    "set": (TEXTS, "network files with `vars`"),
    "dims": (("chain",), "chains; a file says it as `dims`"),
}
"""The kinds of networks that an argument of ``load`` has a meaning for, and their name."""


def is_target(name: str) -> bool:
    """Whether an argument names Python code, which is run to read it.

    It is ``package.module:factory``, or ``file.py:factory``. The name of a file alone is none,
    whether the file is there or not.

    >>> is_target("torchvision.models:resnet18"), is_target("zoo:resnet18"), is_target("k3")
    (True, False, False)
    >>> is_target("nets/unet.py:UNet"), is_target("nets/unet.py")
    (True, False)
    """
    return runs_code(name) and not exists(name)


def runs_code(name: str) -> bool:
    """Whether an argument names Python code wherever no file has that name.

    >>> runs_code("torchvision.models:resnet18"), runs_code("resnet18.pt2")
    (True, False)
    """
    named = _TARGET.fullmatch(name) is not None and not name.startswith("zoo:")
    filed = Path(name).suffix.lower() in (*SUFFIXES, *MODELS, *FILES)
    return named and not filed and not is_chain(name)


def is_network(word: str) -> bool:
    """Whether a word is meant as a network: a file's name, a chain, the zoo's or Python code.

    >>> is_network("k3,k3d2"), is_network("zoo:unet"), is_network("analyze")
    (True, True, False)
    """
    if word.startswith("zoo:") or is_chain(word) or is_target(word):
        return True
    return Path(word).suffix.lower() in (*SUFFIXES, *MODELS, *FILES)


def kind_of(name: str, typed: bool) -> str:
    """Return what an argument names: a way of writing a network, or a model's suffix.

    Raises
    ------
    RfcalcError
        RF112: it names nothing that is read, a device or a pipe.
    """
    if typed and name == "-":
        return "standard input"
    if typed and name.startswith("zoo:"):
        return "zoo"
    if typed and not exists(name):
        if is_chain(name):
            return "chain"
        if is_target(name):
            _check_code(name)
            return "target"
    suffix = Path(name).suffix.lower()
    check_kept(Path(name))
    if suffix == ".json" and _is_keras(Path(name)):
        return ".keras"
    if suffix in SUFFIXES:
        return "text"
    if suffix in MODELS:
        return suffix
    listed = f"a network is a file ({', '.join(SUFFIXES + MODELS)}), a chain (k3,k3d2), zoo:NAME,"
    told = told_of(name)
    if told is not None:
        raise fail("RF112", f"'{name}' is {told[0]}, which is not read", told[1])
    from rfcalc.loading.hints import hint

    help = hint(name, SUFFIXES + MODELS) if typed else ""
    help = help or f"{listed} package.module:factory, file.py:factory or '-'"
    raise fail("RF112", f"'{name}' does not name a network", help)


def code_file(name: str) -> str | None:
    """Return the Python file of a target that names one.

    >>> code_file("nets/unet.py:UNet"), code_file("torchvision.models:resnet18")
    ('nets/unet.py', None)
    """
    found = _TARGET.fullmatch(name)
    return None if found is None else found["file"]


def _check_code(name: str) -> None:
    """Refuse a target whose file is not there, or is a device.

    Raises
    ------
    RfcalcError
        RF112: it is.
    """
    file = code_file(name)
    if file is None:
        return
    check_kept(Path(file))
    if not Path(file).is_file():
        from rfcalc.loading.hints import file_beside

        close = file_beside(Path(file), (".py",))
        help = f"did you mean '{close}:{name.rpartition(':')[2]}'?" if close else "check the path"
        raise fail("RF112", f"there is no file '{file}'", help)


def _is_keras(path: Path) -> bool:
    """Whether a JSON file holds a Keras configuration: its keys are not a network file's."""
    try:
        with path.open("rb") as file:
            head = file.read(SIZE_LIMIT)
        return b'"class_name"' in head or b'"modelTopology"' in head
    except (OSError, ValueError):
        return False


def refuse_useless(name: str, kind: str, **given: object) -> None:
    """Refuse arguments that have no meaning for a network of a kind.

    Raises
    ------
    RfcalcError
        RF406: the first of them.
    """
    for argument, value in given.items():
        kinds, words = TAKERS[argument]
        # A bound of no cells is one.
        said = value is not None if argument == "max_offset" else value
        if said and kind not in kinds:
            fact = f"`{argument}=` is given for '{name}', and it is for {words}"
            raise fail("RF406", fact, f"omit `{argument}=`")
