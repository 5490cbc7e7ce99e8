"""Which rows and columns of a table of layers are shown? What was asked for, no block twice."""

from collections.abc import Sequence

import msgspec

from rfcalc.errors import fail, many
from rfcalc.layers.pointwise import Pointwise
from rfcalc.network import Network, Node
from rfcalc.render.document import Document, Layers, Lines, Table
from rfcalc.render.repeats import repeats
from rfcalc.spelling import nearest

__all__ = ["shaped"]

SCREEN = 24
"""Most rows of a table that is shown as it is, although blocks in it repeat."""
_SPELLED = {
    **dict.fromkeys(("name", "module", "node"), "layer"),
    **dict.fromkeys(("type", "kind", "operator"), "op"),
    **dict.fromkeys(("k", "kernel_size", "ksize"), "kernel"),
    **dict.fromkeys(("receptive_field", "field", "receptive"), "rf"),
    **dict.fromkeys(("output", "output_size", "shape", "out"), "size"),
    **dict.fromkeys(("step", "effective_stride", "total_stride"), "jump"),
    **dict.fromkeys(("holes", "largest_hole", "gap"), "hole"),
    **dict.fromkeys(("centre", "middle"), "center"),
    **dict.fromkeys(("dil", "rate", "d"), "dilation"),
    **dict.fromkeys(("pad", "p"), "padding"),
    **dict.fromkeys(("s", "strides"), "stride"),
    **dict.fromkeys(("params", "weights"), "parameters"),
    **dict.fromkeys(("flops", "mult_adds", "multiply_adds"), "macs"),
}
"""Columns by the words of other tools and of the JSON, which are named and not taken."""
_OF_CHANNELS = ("in_channels", "out_channels", "channels", "groups", "bias")
"""Parameters that may differ among repetitions: what they do in space is the same."""


def shaped(
    document: Document,
    network: Network | None,
    columns: Sequence[str] = (),
    depth: int | None = None,
    every: bool = False,
) -> Document:
    """Return a document with the rows and columns of its tables of layers chosen.

    Element-wise layers have no row, and in a table of more than ``SCREEN`` rows the repetitions
    of a block are one row.

    Parameters
    ----------
    network : whose layers they are; ``None`` leaves the rows as they are.
    columns : the heads of those that are shown, in this order; all when empty.
    depth : parts of a dotted name that are distinguished; the layers of one module are one row.
    every : whether every layer has a row; with ``depth`` every module.

    Raises
    ------
    RfcalcError
        RF406: a column that is not there, or a depth below 1.
    """
    if depth is not None and depth < 1:
        raise fail("RF406", f"`depth=` is {depth}", "it takes 1 or more")
    parts: list[Table | Lines] = []
    for part in document.parts:
        if isinstance(part, Table) and part.layers is not None:
            notes: list[str] = []
            if network is not None:
                part = _fold(part, part.layers, network, depth, every, notes)
            parts.append(_chosen(part, columns) if columns else part)
            if notes:
                parts.append(Lines("", tuple(("dim", note) for note in notes)))
        else:
            parts.append(part)
    return Document(tuple(parts), document.source)


def _fold(
    table: Table,
    layers: Layers,
    network: Network,
    depth: int | None,
    every: bool,
    notes: list[str],
) -> Table:
    """Return the table with the rows that are shown, and note what is not."""
    place = {node.name: at for at, node in enumerate(network.nodes)}
    # A step that was not read is none of the network's nodes.
    nodes = [network.nodes[place[name]] if name in place else None for name in layers.names]
    groups = [[row] for row in range(len(nodes))]
    if depth is not None:
        groups = _modules(layers.names, depth)
        if len(groups) == len(nodes):
            notes.append(f"`depth={depth}` folds nothing: no two names begin with the same module")
        elif any(len(group) > 1 for group in groups):
            notes.append("a module has the field of its last layer")
    shown = [group for group in groups if every or not all(_passing(nodes[row]) for row in group)]
    if len(shown) < len(groups):
        hidden = sum(map(len, groups)) - sum(map(len, shown))
        notes.append(f"{many(hidden, 'element-wise layer')} not shown: `all=True`")
    titles = [_module(layers.names[group[-1]], depth) for group in shown]
    if not every and len(shown) > SCREEN:
        shown, titles = _once(table, layers, network, shown, titles, notes)
    rows = [_row(table, layers, *pair) for pair in zip(shown, titles, strict=True)]
    return msgspec.structs.replace(table, rows=tuple(rows), layers=None)


def _passing(node: Node | None) -> bool:
    """Whether a layer hands every cell of its one input on."""
    return node is not None and isinstance(node.layer, Pointwise) and len(node.inputs) == 1


def _row(table: Table, layers: Layers, rows: Sequence[int], title: str) -> tuple[str, ...]:
    """Return the row that stands for several, named anew and with their number for an op."""
    if len(rows) == 1:
        return table.rows[rows[0]]
    cells = [title, *layers.joined(rows)[1:]]
    for at, column in enumerate(table.columns):
        if column.head == "op":
            cells[at] = many(len(rows), "layer")
    return tuple(cells)


def _modules(names: Sequence[str], depth: int) -> list[list[int]]:
    """Return the rows of each module, a module where its last layer stands."""
    found: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        found.setdefault(_module(name, depth), []).append(row)
    return sorted(found.values(), key=lambda rows: rows[-1])


def _module(name: str, depth: int | None) -> str:
    return name if depth is None else ".".join(name.split(".")[:depth])


def _once(
    table: Table,
    layers: Layers,
    network: Network,
    shown: Sequence[Sequence[int]],
    titles: Sequence[str],
    notes: list[str],
) -> tuple[list[Sequence[int]], list[str]]:
    """Return rows and titles with every block that repeats once, its repetitions as one row."""
    place = {node.name: at for at, node in enumerate(network.nodes)}
    known = [[row for row in group if layers.names[row] in place] for group in shown]
    at_row = {place[layers.names[row]]: at for at, group in enumerate(known) for row in group}
    heads = [column.head for column in table.columns]
    told = heads.index("hole") if "hole" in heads else None
    signs: list[object] = []
    reads: list[list[int]] = []
    for at, group in enumerate(known):
        if not group:
            signs.append(at)
            reads.append([])
            continue
        position = place[layers.names[group[-1]]]
        holed = told is not None and table.rows[group[-1]][told] != "-"
        signs.append(_sign(network, position, holed) if len(group) == 1 else at)
        inputs = [_behind(network, one) for one in network.nodes[position].inputs]
        reads.append([at_row[one] for one in inputs if at_row.get(one, at) < at])
    found: list[Sequence[int]] = []
    named: list[str] = []
    at = folded = 0
    for block in repeats(signs, reads):
        first, again = block.first + block.length, block.times - 1
        last = shown[block.stop - 1][-1]
        found += [*shown[at:first], range(shown[first][0], last + 1)]
        rows = many(block.length, "row")
        named += [*titles[at:first], f"+{again} x {rows} .. {layers.names[last]}"]
        at, folded = block.stop, folded + block.length * again
    if folded:
        notes.append(
            f"{folded} rows repeat those above them and are shown as one row, with the field of "
            "the last: `all=True`"
        )
    return [*found, *shown[at:]], [*named, *titles[at:]]


def _behind(network: Network, position: int) -> int:
    """Return the layer that is read through element-wise ones."""
    while _passing(network.nodes[position]):
        position = network.nodes[position].inputs[0]
    return position


def _sign(network: Network, position: int, holed: bool) -> object:
    """Return what two layers have in common that do the same; an output is like no other."""
    node = network.nodes[position]
    fields = [name for name in node.layer.__struct_fields__ if name not in _OF_CHANNELS]
    values = tuple(str(getattr(node.layer, name)) for name in fields)
    own = position if position in network.outputs or not node.inputs else None
    return node.layer.op, values, node.jump, holed, own


def _chosen(table: Table, columns: Sequence[str]) -> Table:
    """Return the columns asked for, in the order that was typed."""
    heads = {column.head: index for index, column in enumerate(table.columns)}
    for name in columns:
        if name not in heads:
            from rfcalc.render.costs import COSTS

            known = [*heads, *(column.head for column in COSTS)]
            wanted = _SPELLED.get(name.lower().replace("-", "_"), name)
            raise fail("RF406", f"there is no column '{name}'", nearest(wanted, known))
    kept = [heads[name] for name in columns]
    return Table(
        table.title,
        tuple(table.columns[index] for index in kept),
        tuple(tuple(row[index] for index in kept) for row in table.rows),
    )
