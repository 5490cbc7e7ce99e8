"""Which layers does a chain typed in place describe, as in ``k3,k3d2,k3d5``?"""

import re
from collections.abc import Mapping

from rfcalc.errors import FAULT_LIMIT, Diagnostic, Location, RfcalcError, fail, many
from rfcalc.layers import LAYERS, Layer
from rfcalc.layers.pointwise import POINTWISE
from rfcalc.network import Draft, Input
from rfcalc.spec.drafting import NODE_LIMIT

__all__ = ["chain_text", "is_chain", "read_chain"]

_WORDS = {"k": "conv", "maxpool": "maxpool", "avgpool": "avgpool", "up": "upsample"}
"""What a layer begins with, and its op; the number after it is the kernel, or the scale."""
_OPS = "|".join(sorted(_WORDS, key=len, reverse=True))
_LAYER = re.compile(rf"({_OPS})([0-9x]+)((?:[sdp][0-9x]+|p(?:causal|same_lower|same|valid))*)")
_FIELD = re.compile(r"([dsp])([0-9x]+|causal|same_lower|same|valid)")
_HELP = "write k3, k3s2, k3d2p2 or, per axis, k3x5d1x2; k3pcausal, maxpool2, avgpool2, up2"
_NEARLY = (
    (r"(k.*?)p?c", r"\1pcausal"),
    (r"(k.*)p(?:ad)?=?(causal|same_lower|same|valid)", r"\1p\2"),
    (r"(?:conv|c)([0-9x]+.*)", r"k\1"),
    (r"(?:mp|max|max_?pool|pool|p)([0-9x]+.*)", r"maxpool\1"),
    (r"(?:ap|avg|avg_?pool|mean)([0-9x]+.*)", r"avgpool\1"),
    (r"(?:us|upsample|upsampling|u)_?([0-9x]+)", r"up\1"),
    (r"([0-9]+)", r"k\1"),
    (r"([dsp][0-9x]+)", r"k3\1"),
    (r"(k[0-9x]+.*?)r(?:ate)?([0-9x]+)", r"\1d\2"),
)
"""How a layer is written elsewhere, and in a chain."""
_SEVERAL = re.compile(r"(k[0-9][^*]*?)\s*\*\s*([0-9]{1,4})")
"""A layer that is repeated, which a chain does not say."""
_SAME = {kind.op.replace("_", "") for kind in POINTWISE} | {"bn", "norm", "act", "lrelu"}
"""Layers that a chain leaves out."""
_NAMES = {"k": "kernel", "s": "stride", "d": "dilation", "p": "padding"}
_LIMITS = {"k": (1, 1 << 16), "s": (1, 1 << 16), "d": (1, 1 << 22), "p": (0, 1 << 22)}


def is_chain(text: str) -> bool:
    """Whether a text is meant as a chain: ``k`` and a digit, and no file suffix."""
    begun = re.match(rf"\s*({_OPS})[0-9x]", text)
    return begun is not None and "." not in text and "/" not in text


def read_chain(text: str, dims: int | None) -> tuple[int, list[Draft]]:
    """Return the number of axes and the drafts of a chain.

    Raises
    ------
    RfcalcError
        RF115 a layer that cannot be parsed, RF105 a value out of range, RF106 other axes, RF113 too
        many layers.
    """
    if (count := text.count(",") + 1) >= NODE_LIMIT:
        fact = f"the chain has {count:,} layers; the limit is {NODE_LIMIT - 1:,}"
        raise fail("RF113", fact, "write long runs as `repeat` in a network file")
    faults: list[Diagnostic] = []
    found: list[tuple[str, dict[str, tuple[int, ...]], str]] = []
    places: list[Location] = []
    axes: int | None = dims
    column = 1
    for part in text.split(","):
        place = Location("<chain>", 1, column, max(1, len(part)), text)
        column += len(part) + 1
        fields: dict[str, tuple[int, ...]] = {}
        if len(faults) >= FAULT_LIMIT:
            break
        said = _LAYER.fullmatch(part.strip())
        if not said or (said[1] == "up" and said[3]):
            help = _instead(part.strip())
            faults.append(Diagnostic("RF115", f"'{part}' is not a layer", help, place))
            continue
        word = ""
        for letter, digits in [("k", said[2]), *_FIELD.findall(said[3])]:
            is_word = digits[:1] in "csv"
            if letter == "p" and is_word and not (word or "p" in fields):
                word = digits
                continue
            twice = letter in fields or (letter == "p" and word)
            if twice or is_word or not all(digits.split("x")) or len(digits) > 60:
                fact = f"cannot parse '{letter}{digits}'"
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
        found.append((_WORDS[said[1]], fields, word))
        places.append(place)
    axes = axes or 2
    if not 1 <= axes <= 3:
        help = "1 to 3 are read: the sizes of space, without batch and channels"
        faults.append(Diagnostic("RF106", f"the chain has {axes} axes", help, None))
    if faults:
        raise RfcalcError(faults)
    drafts = [Draft("input", Input())]
    counts: dict[str, int] = {}
    for number, ((op, fields, word), place) in enumerate(zip(found, places, strict=True), start=1):
        counts[op] = counts.get(op, 0) + 1
        layer = _layer(op, {k: v * axes if len(v) == 1 else v for k, v in fields.items()}, word)
        drafts.append(Draft(f"{op}{counts[op]}", layer, (number - 1,), place))
    return axes, drafts


def _instead(part: str) -> str:
    """Return what to write for a part of a chain that is no layer.

    >>> _instead("conv3d2"), _instead("mp2"), _instead("k3d2c")
    ("did you mean 'k3d2'?", "did you mean 'maxpool2'?", "did you mean 'k3d2pcausal'?")
    >>> _instead("k3 -> k3d2"), _instead("k3*3")
    ("did you mean 'k3,k3d2'?", 'write it out: k3,k3,k3')
    """
    plain = part.lower()
    if not plain:
        return "there is a comma too many"
    pieces = re.split(r"[\s;:+>|&_-]+", plain)
    if len(pieces) > 1 and all(map(_LAYER.fullmatch, pieces)):
        return f"did you mean '{','.join(pieces)}'?"
    if (several := _SEVERAL.fullmatch(plain)) and _LAYER.fullmatch(several[1]):
        times = int(several[2])
        return f"write it out: {','.join([several[1]] * min(times, 4))}{',..' * (times > 4)}"
    if plain.replace("_", "") in _SAME:
        return "omit it: element-wise layers do not change the field"
    for pattern, ours in _NEARLY:
        meant = re.sub(f"^(?:{pattern})$", ours, plain)
        if meant != plain and _LAYER.fullmatch(meant):
            return f"did you mean '{meant}'?"
    return f"did you mean '{plain}'?" if plain != part and _LAYER.fullmatch(plain) else _HELP


def _layer(op: str, values: Mapping[str, tuple[int, ...]], word: str) -> Layer:
    """Return a layer with its values per axis, and a word for its padding if there is one."""
    if op == "upsample":
        return LAYERS[op](scale=values["k"])  # pyright: ignore[reportCallIssue]
    pads = values.get("p")
    given = {_NAMES[letter]: values[letter] for letter in "ksd" if letter in values}
    padding = word or (None if pads is None else tuple((p, p) for p in pads))
    return LAYERS[op](**given, padding=padding)  # pyright: ignore[reportCallIssue]


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
        said = _LAYER.fullmatch(part.strip())
        assert said is not None
        op = _WORDS[said[1]]
        given = {"k": said[2]} | dict(_FIELD.findall(said[3]))
        fields = {"d": "1"} | given if op == "conv" else given
        names = {"k": "scale"} if op == "upsample" else _NAMES
        held = [letter for letter in names if letter in fields]
        listed = ", ".join(f"{names[letter]}: {_value(fields[letter])}" for letter in held)
        lines.append(f"  - {{{listed}}}" if op == "conv" else f"  - {op}: {{{listed}}}")
    return "\n".join([*lines, ""])


def _value(text: str) -> str:
    """Return a value as a file writes it: per axis a list."""
    return f"[{text.replace('x', ', ')}]" if text[0].isdigit() and "x" in text else text
