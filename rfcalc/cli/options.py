"""Which options mean the same in every command? Their types, help and parsing."""

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Literal, Optional

import typer

from rfcalc import arguments
from rfcalc.cli.completion import layers, networks
from rfcalc.errors import fail

__all__ = [
    "AssumePointwise",
    "At",
    "Columns",
    "Depth",
    "Dims",
    "Every",
    "Format",
    "IgnoreGlobal",
    "Input",
    "Kwargs",
    "Layer",
    "Layout",
    "MaxOffset",
    "Net",
    "Nets",
    "Output",
    "Phase",
    "Printed",
    "Quiet",
    "Set",
    "Source",
    "Stage",
    "Submodule",
    "TakeValues",
    "Value",
    "What",
    "integers",
    "names",
    "numbers",
    "schedule",
    "share",
    "variables",
]

Net = Annotated[
    str,
    typer.Argument(
        metavar="NET",
        help="A network file, a chain such as k3,k3d2,k3d5, zoo:NAME, a model (.onnx, .keras, "
        ".pt2, .tflite), - for standard input, or package.module:factory or "
        "file.py:factory, which runs its code.",
        show_default=False,
        autocompletion=networks,
    ),
]
Nets = Annotated[
    list[str],
    typer.Argument(
        metavar="NET",
        help="Networks, each as for `rfcalc analyze`.",
        show_default=False,
        autocompletion=networks,
    ),
]
NetworkFile = Annotated[
    str,
    typer.Argument(
        metavar="NET",
        help="A network file, a chain such as k3,k3d2,k3d5, zoo:NAME, or - for standard input.",
        show_default=False,
        autocompletion=networks,
    ),
]
Layer = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
    typer.Option(
        "--layer",
        metavar="NAME",
        help="The layer asked about. [default: every output]",
        autocompletion=layers,
    ),
]
Stage = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(
        "--stage",
        metavar="N",
        help="The dilated stage with this number, in place of --source and --layer; layers that "
        "read their whole input are ignored.",
    ),
]
Source = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--source",
        metavar="NAME",
        help="The layer whose cells are counted. [default: the input]",
        autocompletion=layers,
    ),
]
At = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--at", metavar="I,J", help="One output position, borders included."),
]
Phase = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--phase", metavar="I,J", help="Phase of an upsampled output."),
]
Input = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--input",
        metavar="H,W",
        help="Input size; goes before the file's own. For a model in Python the whole shape, "
        "1,3,224,224; once per input.",
    ),
]
Set = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--set", metavar="VAR=VALUE", help="Value of one of the file's vars."),
]
Dims = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--dims", metavar="N", help="Axes of a chain, 1 to 3. [default: 2]"),
]
IgnoreGlobal = Annotated[
    bool,
    typer.Option("--ignore-global", help="Ignore layers that read the whole input."),
]
Submodule = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--submodule", metavar="PATH", help="Read only this part of a model."),
]
Kwargs = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--kwargs", metavar="JSON", help="What package.module:factory is called with."),
]
AssumePointwise = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--assume-pointwise",
        metavar="OP",
        help="Treat an operator of a model as element-wise; the result is then not exact.",
    ),
]
MaxOffset = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(
        "--max-offset",
        metavar="N",
        help="Most cells that deformable convolutions' offsets reach; then not exact.",
    ),
]
Value = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--value",
        metavar="NAME=NUMBER",
        help="Value of an input of an ONNX file that is not a tensor of cells: sr=16000.",
    ),
]
TakeValues = Annotated[
    bool,
    typer.Option(
        "--take-values",
        help="Use the values that a model's code reads; the result is then not exact.",
    ),
]
Layout = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--layout",
        metavar="NCHW",
        help="Letters of a model's input, once per input: N batch, C channels, others axes.",
    ),
]
What = Annotated[
    Literal["mask", "paths", "erf"],
    typer.Option("--what", help="Sampled pixels, path counts, or expected effective field."),
]


Format = Annotated[
    Literal["table", "json", "csv", "markdown", "latex"],
    typer.Option(
        "--format",
        "-f",
        help="How the result is printed. [default: what FILE's suffix says, else table]",
        show_default=False,
    ),
]
Printed = Annotated[
    Literal["table", "json", "csv", "markdown", "latex"],
    typer.Option("--format", "-f", help="How the result is printed; FILE holds another."),
]

Rate = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--rate", metavar="RATE", help="Samples per second, 16k: an axis of time in ms."),
]
Columns = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--columns", metavar="A,B", help="Columns of the layers, in order: layer,rf."),
]
Depth = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--depth", metavar="N", help="One row per module of N dotted names: layer1.0."),
]
Every = Annotated[
    bool,
    typer.Option(
        "--all", help="Show element-wise layers and every repetition; JSON and CSV have them."
    ),
]
Output = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("-o", "--output", metavar="FILE", help="Write to a file."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the exit status.")]


def names(text: str | None) -> list[str]:
    """Return the names of a list with commas, none when it is left out."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def integers(option: str, text: str | None) -> tuple[int, ...] | None:
    """Return the integers of an option that may be left out.

    Raises
    ------
    RfcalcError
        RF406: something that is no integer.
    """
    return None if text is None else arguments.integers(option, text)


_NUMBER = re.compile(r"[-+]?[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][-+]?[0-9]{1,2})?")


def variables(given: Sequence[str] | None) -> dict[str, int]:
    """Return the values of ``--set VAR=VALUE``."""
    values: dict[str, int] = {}
    for text in given or ():
        name, sign, value = text.partition("=")
        if not sign or not name or not re.fullmatch(r"[-+]?[0-9]{1,18}", value.strip()):
            raise fail("RF406", f"--set is '{text}'", "write --set VAR=INTEGER, as in --set rate=4")
        values[name.strip()] = int(value)
    return values


def numbers(given: Sequence[str] | None) -> dict[str, tuple[float, ...]]:
    """Return the numbers of ``--value NAME=NUMBER,..``.

    Raises
    ------
    RfcalcError
        RF406: it is not of that form.
    """
    found: dict[str, tuple[float, ...]] = {}
    for text in given or ():
        name, _, listed = text.rpartition("=")
        words = listed.split(",")
        if not name or not all(_NUMBER.fullmatch(word.strip()) for word in words):
            help = "write --value NAME=NUMBER, as in --value sr=16000"
            raise fail("RF406", f"--value is '{text}'", help)
        found[name.strip()] = tuple(float(word.strip()) for word in words)
    return found


def share(option: str, text: str) -> Fraction:
    """Return the share that an option says: a percentage, or a factor.

    Raises
    ------
    RfcalcError
        RF406: neither, or nothing.
    """
    number = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*(%|x)?", text.strip())
    found = Fraction(number[1]) / (100 if number[2] == "%" else 1) if number else Fraction(0)
    if found <= 0:
        raise fail("RF406", f"{option} is '{text}'", "write a percentage, 120%, or a factor, 1.2")
    return found


def schedule(option: str, text: str) -> tuple[int, ...]:
    """Return the integers of a schedule such as ``1,2,5``.

    Raises
    ------
    RfcalcError
        RF410: it is empty, something in it is no integer, or it is several.
    """
    words = text.split()
    if any(re.search(r"[0-9][-,:/][0-9]", word) for word in words) and any(
        left[-1] in "0123456789])" and right[0] != "," for left, right in pairwise(words)
    ):
        help = f"one list with commas: {','.join(words)}; the kernel is an option: --kernel"
        help = _instead(text) if re.search("[a-z]", text) else help
        raise fail("RF410", f"{option}: '{text}' is more than one list", help)
    if not text.strip():
        raise fail("RF410", "the schedule is empty", "write the dilations in order, as in 1,2,5")
    values: list[int] = []
    plain = text.strip().strip("[]()")
    if re.fullmatch(r"[0-9]+([-/][0-9]+)+", plain):
        plain = re.sub("[-/]", ",", plain)
    # d1,d2,d5 and r=1,2,5 are dilations; a chain is not.
    plain = re.sub(r"\b(?:d|r|rates?|dilations?)\s*=?\s*(?=\[?[0-9])", "", plain).lstrip("[(")
    for part in re.split(r"\s*[,;:]\s*|\s+", plain.strip()):
        if not re.fullmatch(r"[-+]?[0-9]{1,18}", part):
            fact = f"{option}: '{part}' is not an integer"
            raise fail("RF410", fact, _instead(text.strip()))
        values.append(int(part))
    return tuple(values)


def _instead(word: str) -> str:
    """Return what to write instead of a word in a schedule."""
    from rfcalc.loading import is_network

    if is_network(word):
        return f"the stages of a network: rfcalc analyze {word}, or rfcalc check {word} --hdc"
    if kernel := re.fullmatch(r"([\d, ]*\d)[ ,]+k(?:ernel)?=?(\d+)", word):
        rates = ",".join(re.findall("[0-9]+", kernel[1]))
        return f"the kernel is an option: rfcalc hdc-check {rates} --kernel {kernel[2]}"
    if re.fullmatch(r"\d+(x\d+)+", word):
        return f"rules are of one axis: {' and '.join(word.split('x'))} are judged one by one"
    return "write integers with commas, as in 1,2,5"
