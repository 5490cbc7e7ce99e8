"""Which numbers of a network file decide dilations, and of which layers?"""

from collections.abc import Sequence

import msgspec

from rfcalc.errors import RfcalcError
from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.layers.base import Layer
from rfcalc.layers.window import AvgPool
from rfcalc.network import Input, Network
from rfcalc.repair.candidates import Candidate, Place, candidates
from rfcalc.repair.edits import Edit, edited
from rfcalc.repair.proportions import deciding, proportional
from rfcalc.spec import read_text
from rfcalc.spec.frame import Given

__all__ = ["Effect", "Pair", "Site", "padding_of", "sites"]

ROOM = 64
"""How many times as large an input is that leaves room for larger dilations."""

Pair = tuple[int, int]
"""Padding before and after, or what is added to it."""


class Effect(msgspec.Struct, frozen=True):
    """What a layer gains when a number grows by one: dilation and padding, per axis."""

    dilation: tuple[int, ...]
    padding: tuple[Pair, ...] | None


class Site(msgspec.Struct, frozen=True):
    """A number that decides dilations, written or to be written in.

    ``edits`` holds the number itself, and padding beside it that keeps a layer centred.
    ``effect`` maps positions of nodes to what follows when the number grows by one. ``tie`` says
    what makes it decide several layers, empty for one alone. Of changes alike that with the least
    ``burden`` is taken: a number that is there, then one written into a convolution.
    """

    name: str
    line: int
    column: int
    value: int
    edits: tuple[Edit, ...]
    effect: dict[int, Effect]
    tie: str
    burden: int = 1


def sites(
    text: str, file: str, network: Network, size: Given, near: Sequence[int]
) -> tuple[list[Site], bool]:
    """Return the numbers that decide dilations and nothing else, in order of place.

    A dilation may be written into the layers at the positions ``near``. The second value says
    whether the dilations follow every number in proportion, as an expression with ``//`` or a
    product of variables does not.

    A candidate is raised and the file read again, so that repetitions, blocks and expressions
    are followed without being understood twice. Numbers that stand in a layer are raised at
    once: a layer tells by its place which of them moved it.
    """
    open: dict[Place, list[int]] = {}
    for position in near:
        node = network.nodes[position]
        if node.at is not None and not isinstance(node.layer, AvgPool):
            open.setdefault((node.at.line, node.at.column), []).append(position)
    read = _Reading(text, file, network, size)
    found: list[Site] = []
    straight = True
    names = deciding(text)
    told = [one for one in candidates(text, open) if one.places or one.name in names]
    own = [one for one in told if one.places]
    effects = _apart(read, own)
    for one in told:
        effect = effects.get(id(one)) if effects is not None else None
        if effect is None and (effects is None or not one.places):
            effect, plain = _alone(read, one)
            straight = straight and plain
        if effect:
            tie = (one.tie or "one number used several times") if len(effect) > 1 else ""
            pools = any(network.nodes[p].layer.op == "maxpool" for p in effect)
            burden = 1 + (bool(one.edits[0].before)) * (1 + pools)
            value = one.edits[0].value
            found.append(
                Site(one.name, one.line, one.column, value, one.edits, effect, tie, burden)
            )
    return found, straight and proportional(text)


class _Reading(msgspec.Struct, frozen=True):
    """A text that is read again with numbers raised, and held against its network."""

    text: str
    file: str
    network: Network
    size: Given

    def raised(self, raise_by: Sequence[tuple[Candidate, int]]) -> dict[int, Effect] | None:
        """Return what other values of some candidates change, ``None`` for more than dilations.

        Raises
        ------
        RfcalcError
            The text is none any more, at a larger size either.
        """
        changes = [(edit, by) for one, by in raise_by for edit in one.edits]
        text = edited(self.text, changes)
        try:
            other = read_text(text, self.file, self.size)
        except RfcalcError:
            other = read_text(text, self.file, self._larger())
        return _difference(self.network, other)

    def _larger(self) -> Given:
        """Return sizes that more dilated layers fit into."""
        sizes = [node.size for node in self.network.nodes if isinstance(node.layer, Input)]
        if not all(sizes):
            return self.size
        return [[ROOM * n for n in size or ()] for size in sizes]


def _apart(read: _Reading, own: Sequence[Candidate]) -> dict[int, dict[int, Effect]] | None:
    """Return the effect of candidates by identity when one reading shows it."""
    try:
        together = read.raised([(one, 1) for one in own]) if own else None
    except RfcalcError:
        return None
    if together is None:
        return None
    by_place: dict[Place, list[Candidate]] = {}
    for one in own:
        for place in one.places:
            by_place.setdefault(place, []).append(one)
    found: dict[int, dict[int, Effect]] = {id(one): {} for one in own}
    for position, effect in together.items():
        at = read.network.nodes[position].at
        movers = by_place.get((at.line, at.column), []) if at is not None else []
        if len({one.axis for one in movers}) != len(movers):
            return None
        for one in movers:
            axes = range(len(effect.dilation)) if one.axis is None else (one.axis,)
            dilation = tuple(int(axis in axes) for axis in range(len(effect.dilation)))
            padding = effect.padding
            if padding is not None:
                padding = tuple(p if a in axes else (0, 0) for a, p in enumerate(padding))
            found[id(one)][position] = Effect(dilation, padding)
        total = tuple(
            map(sum, zip(*(found[id(m)][position].dilation for m in movers), strict=True))
        )
        if total != effect.dilation:
            return None
    return found


def _alone(read: _Reading, one: Candidate) -> tuple[dict[int, Effect] | None, bool]:
    """Return the effect of one candidate, and whether twice the step has twice the effect."""
    for sign in (1, -1):
        try:
            if one.edits[0].before and read.raised([(one, 0)]) != {}:
                return None, True
            once = read.raised([(one, sign)])
            if not once:
                return None, True
            twice = read.raised([(one, 2 * sign)])
        except RfcalcError:
            continue
        double = {position: _times(2, effect) for position, effect in once.items()}
        if twice != double:
            return None, False
        return {position: _times(sign, effect) for position, effect in once.items()}, True
    # Together with others it may be another number: nothing is known of it.
    return None, False


def _times(number: int, effect: Effect) -> Effect:
    padding = effect.padding
    return Effect(
        tuple(number * by for by in effect.dilation),
        None if padding is None else tuple((number * a, number * b) for a, b in padding),
    )


def _difference(network: Network, other: Network) -> dict[int, Effect] | None:
    """Return how dilations differ between two networks that differ in nothing else."""
    if len(network.nodes) != len(other.nodes) or network.outputs != other.outputs:
        return None
    found: dict[int, Effect] = {}
    for position, (mine, theirs) in enumerate(zip(network.nodes, other.nodes, strict=True)):
        if mine.inputs != theirs.inputs:
            return None
        if mine.layer == theirs.layer:
            continue
        before, after = dilation_of(mine.layer), dilation_of(theirs.layer)
        if not kernel_of(mine.layer) or _undilated(mine.layer) != _undilated(theirs.layer):
            return None
        dilation = tuple(b - a for a, b in zip(before, after, strict=True))
        found[position] = Effect(dilation, _padding(mine.layer, theirs.layer))
    return found


def _padding(mine: Layer, theirs: Layer) -> tuple[Pair, ...] | None:
    before, after = padding_of(mine), padding_of(theirs)
    if not isinstance(before, tuple) or not isinstance(after, tuple):
        return None
    pairs: list[Pair] = [
        (new[0] - old[0], new[1] - old[1]) for old, new in zip(before, after, strict=True)
    ]
    return tuple(pairs)


def padding_of(layer: Layer) -> tuple[Pair, ...] | str | None:
    """Return the padding of a window layer: cells per axis, a word, or ``None``."""
    return getattr(layer, "padding", None)


def _undilated(layer: Layer) -> Layer:
    """Return a dilated layer without its dilation and the padding that may follow it."""
    return msgspec.structs.replace(layer, dilation=(), padding=None)
