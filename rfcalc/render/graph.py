"""How is a network drawn as a graph? Boxes with RF and density, as DOT or Mermaid text."""

import re
from collections.abc import Sequence

import msgspec

from rfcalc.gridding.staged import staged
from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.interior import Row, growth, told
from rfcalc.layers.pointwise import Pointwise
from rfcalc.network import Network, Node
from rfcalc.shown import visible

__all__ = ["FILLS", "Box", "boxes", "dot", "mermaid"]

FILLS = {
    "input": ("#e8e8e8", "#555555"),
    "plain": ("#ffffff", "#333333"),
    "holes": ("#fbe3d0", "#d55e00"),
    "stage": ("#dff1ea", "#009e73"),
    "unbounded": ("#dce9f5", "#0072b2"),
}
"""Fill and outline of each kind of box."""


class Box(msgspec.Struct, frozen=True):
    """A node of the drawn graph: its words, and the positions of the boxes it reads."""

    name: str
    lines: tuple[str, ...]
    kind: str
    inputs: tuple[int, ...]


def boxes(network: Network, source: str | None = None, every: bool = False) -> tuple[Box, ...]:
    """Return one box per layer in topological order.

    Parameters
    ----------
    every : whether element-wise layers with one input have boxes of their own; else an edge
        passes through them, because they change neither field nor grid.
    """
    rows = {row.name: row for row in growth(network, source).rows}
    within = {p: (one.number, holes) for one, holes in staged(network) for p in one.layers}
    stands: dict[int, int] = {}
    drawn: list[Box] = []
    for position, node in enumerate(network.nodes):
        inputs = tuple(dict.fromkeys(stands[i] for i in node.inputs))
        passing = isinstance(node.layer, Pointwise) and len(node.inputs) == 1
        if passing and not every and position not in network.outputs:
            stands[position] = inputs[0]
            continue
        stands[position] = len(drawn)
        box = _box(node, rows.get(node.name), inputs)
        drawn.append(_in_stage(box, *within[position]) if position in within else box)
    return tuple(drawn)


def _in_stage(box: Box, number: int, holes: bool) -> Box:
    """Return the box of a layer of a dilated stage: with its number, in the stage's colour."""
    told = f"stage {number}, with holes" if holes else f"stage {number}"
    kind = "holes" if holes else "stage" if box.kind == "plain" else box.kind
    return Box(box.name, (*box.lines, told), kind, box.inputs)


def dot(network: Network, drawn: Sequence[Box]) -> str:
    """Return the graph in the language of Graphviz."""
    lines = [
        f"digraph {_quoted(network.name)} {{",
        '  node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=10];',
        '  edge [arrowsize=0.6, color="#555555"];',
    ]
    for number, box in enumerate(drawn):
        fill, line = FILLS[box.kind]
        words = "\\n".join(_escaped(word) for word in (box.name, *box.lines))
        style = f'fillcolor="{fill}", color="{line}"'
        lines.append(f'  n{number} [label="{words}", {style}];')
    lines += [f"  n{i} -> n{number};" for number, box in enumerate(drawn) for i in box.inputs]
    return "\n".join([*lines, "}"]) + "\n"


def mermaid(network: Network, drawn: Sequence[Box]) -> str:
    """Return the graph in the language of Mermaid, which GitHub draws in Markdown."""
    lines = ["---", f'title: "{_plain(network.name)}"', "---", "flowchart TD"]
    for number, box in enumerate(drawn):
        words = "<br/>".join(_plain(word) for word in (box.name, *box.lines))
        lines.append(f'  n{number}["{words}"]:::{box.kind}')
    lines += [f"  n{i} --> n{number}" for number, box in enumerate(drawn) for i in box.inputs]
    for kind in dict.fromkeys(box.kind for box in drawn):
        fill, line = FILLS[kind]
        lines.append(f"  classDef {kind} fill:{fill},stroke:{line},color:#000000")
    return "\n".join(lines) + "\n"


def _box(node: Node, row: Row | None, inputs: tuple[int, ...]) -> Box:
    lines = [_layer(node)] if node.inputs else []
    if node.size is not None:
        lines.append(f"size {_by(node.size)}")
    kind = "plain" if node.inputs else "input"
    if row is not None and not row.bounded:
        lines.append(told(row.unbounded).partition(" through")[0])
        kind = "unbounded"
    if row is not None and row.rf and any(row.rf) and node.inputs:
        extents = "x".join("all" if n is None else str(n) for n in row.rf)
        dense = "" if row.density is None else f", density {row.density:.3g}"
        lines.append(f"RF {extents}{dense}")
        kind = "holes" if row.holes else kind
    return Box(node.name, tuple(lines), kind, inputs)


def _layer(node: Node) -> str:
    """Return the op and its parameters in the notation of chains, as in ``conv k3 s2 d1``."""
    kernel = kernel_of(node.layer)
    if not kernel:
        return node.layer.op
    words = [f"{node.layer.op} k{_same(kernel)}"]
    stride = tuple(getattr(node.layer, "stride", ()))
    dilation = dilation_of(node.layer)
    words += [f"s{_same(stride)}"] if set(stride) - {1} else []
    words += [f"d{_same(dilation)}"] if set(dilation) - {1} else []
    return " ".join(words)


def _same(values: Sequence[int]) -> str:
    return str(values[0]) if len(set(values)) == 1 else _by(values)


def _by(values: Sequence[int]) -> str:
    return "x".join(map(str, values))


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    # Graphviz decodes the entities of HTML in any label.
    text = re.sub(r"&(?=#?\w+;)", "&amp;", text.replace("\\", "\\\\").replace('"', '\\"'))
    return visible(" ".join(text.split()))


def _plain(text: str) -> str:
    """Return text whose every sign that Mermaid might read is an entity."""
    shown = visible(" ".join(text.split()))
    return "".join(c if c.isalnum() or c in " .,_-/" else f"#{ord(c)};" for c in shown)
