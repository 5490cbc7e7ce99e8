"""Which command lines are there? Drawn from each command's own options, with hostile values."""

from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["NETWORKS", "NUMBERS", "Pick", "arguments"]

Pick = Callable[[Sequence[Any]], Any]
"""Choose one of several."""

NETWORKS = (
    *("k3", "k3,k3d2,k3d5", "k3x5d1x2,k2s2", "k5p0s2", "k3d2,k3d2", "kk", "k3,", "k99999999"),
    *("zoo:tcn", "zoo:srcnn", "zoo:", "zoo:nothing", "good.yaml", "bad.yaml", "empty.yaml"),
    *("binary.yaml", "folder", "folder.yaml", "loop.yaml", "missing.yaml", "notes.txt", "-", ""),
    *("a.onnx", "a.keras", "a.pt2", "a.tflite", "a.json", "rfcalc.nothing:at", "os:nothing"),
    "nothing:at",
    *("good.yaml:x", "\udcff", "k3" + ",k3" * 400, "/dev/null", "--", "../..", "a\nb"),
)
NUMBERS = (
    *("0", "1", "2", "3", "5", "7", "64", "-1", "+3", "1e3", "0x10", "1.5", "", " ", "nan", "inf"),
    *("65536", "4194305", "2147483648", "99999999999999999999", "x", "1,2", "3,5", "12,12", "8,8"),
    *("0,0", "1,1", "-1,2", "1,,2", ",", "1,2,3", "1,2,3,4", "4096,4096", "٣", "1_0", "3 5"),
)
NAMES = ("conv1", "conv2", "input", "output", "nothing", "", "a.b", "up1", "*", "\x1b[2J", "0", "-")
SETTINGS = ("rate=2", "rate", "rate=x", "=", "rate=99999999999999999999", "rate=-1", "no=1", "r==1")
FILES = (
    *("o.png", "o.svg", "o.pdf", "o.gif", "o.npy", "o.npz", "o.csv", "o.json", "o.yaml", "o.html"),
    *("o.dot", "o.mmd", "o.txt", "o", "", "folder", "no/such/o.png", "/dev/null", "loop.yaml"),
    *("/proc/nothing", "good.yaml/o.png", "a" * 300 + ".png", "\x00", "."),
)
WORDS = ("RF101", "rg101", "RF999", "unet", "zoo:unet", "1,2,5", "1,2,9", "2,2", "1,1000000000")


def arguments(pick: Pick) -> list[str]:
    """Draw a command line: a command, then arguments and options that it has, mostly."""
    import typer

    from rfcalc.cli import COMMANDS, app

    root: Any = typer.main.get_command(app)
    name = pick((*COMMANDS, *COMMANDS, "--version", "--help", "nothing"))
    if name not in COMMANDS:
        return [name]
    found = [name]
    command = root.get_command(None, name)
    for one in command.params:
        if one.param_type_name == "argument":
            pool = NETWORKS if one.name in ("net", "nets") else (*WORDS, *NUMBERS, *NETWORKS)
            many = pick((1, 1, 1, 1, 2, 0)) if one.nargs != 1 else pick((1, 1, 1, 1, 1, 0))
            found += [str(pick(pool)) for _ in range(many)]
        elif one.name != "help" and pick((True, False, False, False) if one.default else (0, 1)):
            found += _option(one, pick)
    return found


def _is_number(one: Any) -> bool:
    """Whether an option takes a number, by the types of older and of newer releases of typer."""
    descriptor = getattr(one, "type_descriptor", None)
    if descriptor is None:
        return str(one.type) != "STRING"
    return descriptor.annotation in (int, float)


def _option(one: Any, pick: Pick) -> list[str]:
    """Draw one option with its value."""
    word = pick([*one.opts, *one.secondary_opts])
    if one.is_flag:
        return [word]
    from rfcalc.cli.coercion import choices

    takes = choices(one)
    pool: Sequence[str] = NUMBERS
    if takes:
        pool = (*takes, *takes, "nothing")
    elif one.name in ("output", "over", "image", "baseline"):
        pool = FILES
    elif one.name in ("layer", "source", "submodule"):
        pool = NAMES
    elif one.name == "set":
        pool = SETTINGS
    elif not _is_number(one) and pick((True, False, False, False)):
        pool = (*NAMES, *FILES)
    value = str(pick(pool))
    return [f"{word}={value}"] if word.startswith("--") and pick((True, False)) else [word, value]
