"""Which layers does a chain typed in place describe, as in ``k3,k3d2,k3d5``?"""

import re

from rfcalc.errors import FAULT_LIMIT, Diagnostic, Location, RfcalcError, fail, many
from rfcalc.layers.window import Conv
from rfcalc.network import Draft, Input
from rfcalc.spec.drafting import NODE_LIMIT

__all__ = ["chain_text", "is_chain", "read_chain"]

_LAYER = re.compile(r"k([0-9x]+)((?:[sdp][0-9x]+)*)")
_FIELD = re.compile(r"([kdsp])([0-9x]+)")
_NAMES = {"k": "kernel", "s": "stride", "d": "dilation", "p": "padding"}
_LIMITS = {"k": (1, 1 << 16), "s": (1, 1 << 16), "d": (1, 1 << 22), "p": (0, 1 << 22)}


def is_chain(text: str) -> bool:
    """Whether a text is meant as a chain: ``k`` and a digit, and no file suffix."""
    return re.match(r"\s*k[0-9x]", text) is not None and "." not in text and "/" not in text


def read_chain(text: str, dims: int | None) -> tuple[int, list[Draft]]:
    """Return the number of axes and the drafts of a chain.

    Raises
    ------
    RfcalcError
        RF115 a layer that does not read, RF105 a value out of range, RF106 other axes, RF113 too
        many layers.
    """
    if (count := text.count(",") + 1) >= NODE_LIMIT:
        fact = f"the chain has {count:,} layers; the limit is {NODE_LIMIT - 1:,}"
        raise fail("RF113", fact, "write long runs as `repeat` in a network file")
    faults: list[Diagnostic] = []
    found: list[dict[str, tuple[int, ...]]] = []
    places: list[Location] = []
    axes: int | None = dims
    column = 1
    for part in text.split(","):
        place = Location("<chain>", 1, column, max(1, len(part)), text)
        column += len(part) + 1
        fields: dict[str, tuple[int, ...]] = {}
        if len(faults) >= FAULT_LIMIT:
            break
        if not _LAYER.fullmatch(part.strip()):
            help = "write k3, k3s2, k3d2p2 or, per axis, k3x5d1x2"
            faults.append(Diagnostic("RF115", f"'{part}' is not a layer", help, place))
            continue
        for letter, digits in _FIELD.findall(part):
            if letter in fields or not all(digits.split("x")) or len(digits) > 60:
                fact = f"'{letter}{digits}' does not read"
                faults.append(Diagnostic("RF115", fact, "one value, or one per axis: 3x5", place))
                continue
            fields[letter] = tuple(map(int, digits.split("x")))
            low, high = _LIMITS[letter]
            for value in fields[letter]:
                if not low <= value <= high:
                    fact = f"'{_NAMES[letter]}' is {value}"
                    faults.append(Diagnostic("RF105", fact, f"it takes {low} to {high:,}", place))
            if len(fields[letter]) > 1:
                axes = axes or len(fields[letter])
                if len(fields[letter]) != axes:
                    here = many(len(fields[letter]), "value")
                    fact = f"'{letter}{digits}' has {here} for {axes} axes"
                    help = "give one value, or one per axis"
                    faults.append(Diagnostic("RF106", fact, help, place))
        found.append(fields)
        places.append(place)
    axes = axes or 2
    if not 1 <= axes <= 3:
        faults.append(Diagnostic("RF106", f"the chain has {axes} axes", "1 to 3 are read", None))
    if faults:
        raise RfcalcError(faults)
    drafts = [Draft("input", Input())]
    for number, (fields, place) in enumerate(zip(found, places, strict=True), start=1):
        spread = {k: v * axes if len(v) == 1 else v for k, v in fields.items()}
        pads = spread.get("p")
        layer = Conv(
            kernel=spread["k"],
            stride=spread.get("s", ()),
            dilation=spread.get("d", ()),
            padding=None if pads is None else tuple((p, p) for p in pads),
        )
        drafts.append(Draft(f"conv{number}", layer, (number - 1,), place))
    return axes, drafts


def chain_text(text: str) -> str:
    """Return the network file of a chain, one layer a line with its dilation written out.

    >>> print(chain_text("k3,k3d2"), end="")
    dims: 2
    layers:
      - {kernel: 3, dilation: 1}
      - {kernel: 3, dilation: 2}
    """
    dims, _ = read_chain(text, None)
    lines = [f"dims: {dims}", "layers:"]
    for part in text.split(","):
        fields = {"d": "1"} | dict(_FIELD.findall(part))
        shown = [
            f"{name}: {'[' + digits.replace('x', ', ') + ']' if 'x' in digits else digits}"
            for letter, name in _NAMES.items()
            if (digits := fields.get(letter))
        ]
        lines.append(f"  - {{{', '.join(shown)}}}")
    return "\n".join([*lines, ""])
