"""Which network file describes a network? Readable, with repetitions and blocks where it has them.

The file is read back before it is handed out: what it says is the network it was made from.
"""

import json
from collections.abc import Iterator, Sequence

import msgspec

from rfcalc import __version__
from rfcalc.conversion.blocks import add_blocks
from rfcalc.conversion.forks import forked
from rfcalc.conversion.loops import named_loops, numbered_loops
from rfcalc.conversion.naming import Names, numbered
from rfcalc.conversion.plan import Plan, plan
from rfcalc.conversion.proof import Proof, proven
from rfcalc.conversion.shortening import shorten_names
from rfcalc.conversion.signature import named
from rfcalc.conversion.text import Context, flow, lines, listed, word
from rfcalc.conversion.titles import used
from rfcalc.conversion.tree import Block, Seq, Step, members, parts
from rfcalc.conversion.values import values
from rfcalc.errors import by, fail
from rfcalc.network import Input, Network
from rfcalc.shown import AsPage, AsTable, brief
from rfcalc.spec.drafting import NAME_LIMIT

__all__ = ["Converted", "convert"]

MOST_HELD = 4
"""Most layers of a fixed size that the first lines of a file name."""


class Converted(msgspec.Struct, AsPage, AsTable, frozen=True):
    """A network file, and which names of the network it does not have.

    ``folded`` says how far repetitions were found: ``"blocks"``, ``"names"`` (only where every
    name is kept) or ``"flat"``.
    """

    text: str
    folded: str
    layers: int
    lost: tuple[str, ...]
    assumed: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Whether nothing was taken for granted."""
        return not self.assumed

    def __str__(self) -> str:
        """Return the file."""
        return self.text

    def __repr__(self) -> str:
        size = self.text.count("\n")
        return brief(f"Converted(layers={self.layers}, lines={size}, renamed={len(self.lost)})")


def convert(
    network: Network, origin: str = "", *, flat: bool = False, pointwise: bool = True
) -> Converted:
    """Return a network file that reads back as the network.

    Parameters
    ----------
    origin : what the network was read from, for the first line of the file.
    flat : one entry per layer, every name as it is; no blocks, forks or repetitions.
    pointwise : keep layers that keep every cell to itself (norms, activations).

    Raises
    ------
    RfcalcError
        RF465: the network has something that no network file holds.
    """
    network, cut = shorten_names(network)
    made = plan(network, pointwise, sharing=not flat)
    difference = ""
    for folded in ("flat",) if flat else ("blocks", "names", "flat"):
        text, proof = _written(made, folded)
        difference = proof.difference
        if not difference and (folded == "blocks" or not proof.lost):
            return _with_head(made, text, proof, folded, origin, cut)
    raise fail(
        "RF465",
        f"a network file cannot hold this network: {difference}",
        "analyse the model itself; report what it is",
    )


def _written(made: Plan, folded: str) -> tuple[str, Proof]:
    """Return a file and what came of reading it back."""
    top, blocks, names = _tree(made, folded)
    order = [*range(made.sources), *members(top)]
    text = _text(made, top, blocks, names, order)
    proof = proven(text, made, order)
    further = _further(made, names, proof)
    if further and not proof.difference:
        # The outputs of a model, and those of its own parts, keep their names.
        entries = (f"  {word(n)}: {word(names.shown(i))}" for n, i in further.items())
        text += "\n".join(["", "aliases:", *entries]) + "\n"
        proof = proven(text, made, order)
    return text, proof


def _further(made: Plan, names: Names, proof: Proof) -> dict[str, int]:
    """Return names that are not there: of modules right below the model, and of its outputs.

    An output whose key is the name of something else has it behind ``output:``.
    """
    modules = {one.name.partition(".")[0] for one in made.placed if "." in one.name}
    keys = {n: n.removeprefix("output:") for n in made.aliases if n.startswith("output:")}
    own = {
        key if made.aliases.get(key) == made.aliases[name] or _has(made, key, name) else name
        for name, key in keys.items()
    }
    found = {name: made.aliases[name] for name in proof.aliases if name in modules | own}
    return {name: i for name, i in found.items() if name in own or not names.lost(i)}


def _has(made: Plan, key: str, name: str) -> bool:
    """Whether the layer that an output is has the output's key for its name."""
    return made.placed[made.aliases[name]].name == key


def _tree(made: Plan, folded: str) -> tuple[Seq, list[Block], Names]:
    """Return the layers in their forks, repetitions and blocks, and what they are called."""
    if folded == "flat":
        top: Seq = [
            Step(i, one.layer.op, values(one.layer, made.network.dims), _reads(i, one.inputs, made))
            for i, one in enumerate(made.placed)
            if i >= made.sources
        ]
        return top, [], numbered(made, top)
    top = forked(made)
    names = numbered(made, top)
    for position in (i for items in parts(top) for i in named(items)):
        names.given[position] = names.own[position]
        names.needed.add(position)
    loops: set[str] = set()
    for items in list(parts(top)):
        named_loops(items, names, loops)
    for items in list(parts(top)):
        numbered_loops(items, Context(names, ()), made, lossy=False)
    blocks = add_blocks(top, names)
    if folded == "blocks":
        for one in (top, *(block.body for block in blocks)):
            for items in list(parts(one)):
                numbered_loops(items, Context(names, blocks), made, lossy=True)
    return top, blocks, names


def _reads(position: int, inputs: tuple[int, ...], made: Plan) -> tuple[int, ...] | None:
    before = position - 1 if position > made.sources else 0
    return None if inputs == (before,) else inputs


def _text(made: Plan, top: Seq, blocks: Sequence[Block], names: Names, order: Sequence[int]) -> str:
    """Return the file without its first lines."""
    network, context = made.network, Context(names, blocks)
    text = [f"name: {word(network.name)}"]
    sizes = [node.size for node in network.nodes if isinstance(node.layer, Input)]
    titles = [one.name for one in made.placed[: made.sources]]
    if None in sizes:
        text.append(f"dims: {network.dims}")
    if titles != ["input"]:
        text.append(f"inputs: {flow(dict(zip(titles, sizes, strict=True)))}")
    elif sizes[0] is not None:
        text.append(f"input: {flow(sizes[0])}")
    if made.lenient:
        text.append("lenient: true             # branches of one size meet, whatever their jumps")
    for fact in network.assumed:
        text += ["assumed:"] * (fact == network.assumed[0]) + [f"  - {json.dumps(fact)}"]
    if blocks:
        text += ["", "blocks:"]
    for block in (blocks[i] for i in used(top, blocks)):
        text.append(f"  {block.name}:")
        if block.params:
            text.append(f"    params: {flow(block.params)}")
        inside = Context(names, blocks, ("",), silent=block.prefix is None).within(block.prefix)
        text += ["    " + line for line in listed("layers", block.body, inside)]
    text += ["", "layers:", *("  " + line for line in lines(top, context))]
    read = {i for one in made.placed for i in one.inputs}
    ends = [i for i in order[made.sources :] if i not in read and i != order[-1]]
    if (*ends, order[-1]) != made.outputs:
        text += ["", f"outputs: {flow([names.shown(i) for i in made.outputs])}"]
    return "\n".join(text) + "\n"


def _with_head(
    made: Plan, text: str, proof: Proof, folded: str, origin: str, cut: Sequence[str]
) -> Converted:
    """Return the file with its first lines, which say where it comes from and what it lacks."""
    count = len(made.placed) - made.sources
    lost = tuple(made.placed[i].name for i in proof.lost)
    kept = "every name is as it was"
    if lost:
        kept = f"{len(lost)} of them have new names; `flat=True` keeps all"
    if cut:
        kept += f"; {len(cut)} names of more than {NAME_LIMIT} characters are cut to their ends"
        kept = kept.removeprefix("every name is as it was; ")
    source = f" from {origin}" if origin else ""
    head = [
        f"# {made.network.name}, converted by rfcalc {__version__}{source}",
        f"# {count} {'layer' if count == 1 else 'layers'}; {kept}",
    ]
    head += _held(made.network)
    head = ["".join(c if c.isprintable() else " " for c in line) for line in head]
    gone = (*cut, *lost)
    return Converted("\n".join([*head, text]), folded, count, gone, made.network.assumed)


def _held(network: Network) -> Iterator[str]:
    """Say which sizes the tensors of a model fix: a network file takes others, too."""
    held = [node for node in network.nodes if node.fixed and node.size is not None]
    if held:
        yield "# the model stores a number for each cell of these; other sizes need another model:"
    for node in held[:MOST_HELD]:
        assert node.size is not None
        axes = ", ".join(map(str, node.fixed))
        cells = by([node.size[axis] for axis in node.fixed])
        yield f"#   {node.name}: {cells} on {'axis' if len(node.fixed) == 1 else 'axes'} {axes}"
    if len(held) > MOST_HELD:
        yield f"#   and {len(held) - MOST_HELD} more"
