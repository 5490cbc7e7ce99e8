"""Which dimensions of an input are space? Those over which the model's windows run."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from rfcalc.errors import fail, many
from rfcalc.importers.axes import Tensor, Value, constant, extent, spatial
from rfcalc.importers.graph import Graph
from rfcalc.importers.inputs import letters_of, space_of
from rfcalc.importers.pieces import items_of
from rfcalc.layers.base import Layer
from rfcalc.layers.frame import Crop, Flip, Pad, Roll, Slice
from rfcalc.layers.resample import PixelShuffle

__all__ = ["Layout", "Scout", "Walk", "layouts", "usual"]

MOST_AXES = 3
"""Most axes of a network."""

_STILL = (Crop, Flip, Pad, Roll, Slice)
"""Layers that move along dimensions without a window over them."""


class Window(NamedTuple):
    """A window as a walk met it: the sizes of its dimensions, and which are the tracked one.

    A running value or a pooling of the whole is not ``firm``: its dimension may be channels, too.
    """

    sizes: tuple[int, ...]
    over: frozenset[int]
    firm: bool


class Scout(Graph):
    """A graph in which one dimension of one input is all the space there is.

    What no longer holds any part of that dimension counts as constant. ``windows`` are those that
    read what does, by the name of their operator; ``mixed`` tells whether the whole dimension was
    mixed as channels are, ``folded`` whether it was, alone or among others, ``summed`` whether it
    was summed over or averaged, ``carried`` whether it is of the state with which a recurrence
    begins.
    """

    def __init__(self) -> None:
        super().__init__(1)
        self.windows: dict[str, Window] = {}
        self.mixed = self.folded = self.summed = self.carried = False

    def window(self, x: Tensor, layer: Layer | None, dims: Sequence[int]) -> None:
        if isinstance(layer, _STILL) or not any(spatial(dim) for dim in x.dims):
            return
        if isinstance(layer, PixelShuffle) and len(dims) == 1:
            # Indices repeated in a row: exporters write that as copies and a view.
            return
        over = {i for i, d in enumerate(dims) if self._along(x, d)}
        if layer is not None and layer.op in ("upsample", "pixel_shuffle"):
            over -= {i for i, d in enumerate(dims) if layer.size(x.shape[d], i) == x.shape[d]}
        sizes, firm = tuple(x.shape[d] for d in dims), layer is not None and bool(over)
        was = self.windows.get(self.here, Window(sizes, frozenset(), False))
        self.windows[self.here] = Window(was.sizes, was.over | over, was.firm or firm)

    def _along(self, x: Tensor, d: int) -> bool:
        """Whether a dimension runs along the one that is tracked: not over cells within a cell."""
        held = spatial(x.dims[d])
        if not held or x.node is None:
            return False
        outermost = held[0].stride * held[0].size == self.sizes[x.node][0]
        return outermost or len(x.dims[d]) == 1

    def mix(self, x: Tensor, d: int) -> None:
        self.mixed |= self.whole(x, d) is not None
        if x.node is not None and spatial(x.dims[d]):
            self.folded |= extent(spatial(x.dims[d])) == self.sizes[x.node][0]

    def sum(self, x: Tensor, dims: Sequence[int]) -> None:
        self.summed |= any(self.whole(x, d) is not None for d in dims)

    def state(self, x: Value) -> None:
        self.carried |= any(spatial(dim) for item in items_of(x) for dim in item.dims)

    def kept(self, x: Value) -> Value:
        """Return a value, as a constant where nothing of the dimension is left in it."""
        held = any(spatial(dim) for item in items_of(x) for dim in item.dims)
        return x if held else constant(x.shape)


class Layout(NamedTuple):
    """The letters of an input's dimensions, and what was taken for granted about them."""

    letters: str
    assumed: str | None = None


Walk = Callable[[Scout, list[Value]], None]
"""Walk a program on a graph, given a value per input; what cannot be followed is passed over."""


def usual(rank: int) -> str:
    """Return batch, channels, space, as most models have them.

    >>> usual(4), usual(1)
    ('NCHW', 'N')
    """
    return "NC"[:rank] + letters_of(max(0, rank - 2))


def layouts(
    names: Sequence[str],
    shapes: Sequence[Sequence[int]],
    walk: Walk,
    guess: Callable[[int], str] = usual,
    said: Sequence[str | None] = (),
) -> list[Layout]:
    """Return the layout of each input: what is said, else what the windows run over.

    The program is walked once for every dimension of every input, which alone is space then.

    Parameters
    ----------
    walk : runs the program, as far as it can be followed.
    guess : the layout of an input of some rank over which no window runs.

    Raises
    ------
    RfcalcError
        RF512: a layout that is said has other letters than the input has dimensions, or the same
        axis twice, or takes for no axis what a window runs over.
    """
    if len(said) > len(names):
        fact = f"{len(said)} layouts are given, the model has {many(len(names), 'input')}"
        raise fail("RF512", fact, "give one layout per input")
    given = [*said, *[None] * (len(names) - len(said))]
    for name, shape, letters in zip(names, shapes, given, strict=False):
        if letters is not None:
            _sound(name, shape, letters)
    scouts = [_sent(number, shapes, walk) for number in range(len(names))]
    found = [_space(shape, sent) for shape, sent in zip(shapes, scouts, strict=True)]
    decided = any(found) or any(given)
    done: list[Layout] = []
    for name, shape, letters, sent, space in zip(names, shapes, given, scouts, found, strict=False):
        if letters is not None:
            _agreed(name, letters, sent, space)
            done.append(Layout(letters))
        elif space:
            done.append(Layout(_lettered(name, shape, sent, space)))
        else:
            done.append(_taken(name, shape, sent, guess, decided))
    return done


def _sent(number: int, shapes: Sequence[Sequence[int]], walk: Walk) -> dict[int, Scout]:
    """Return a scout for each dimension of an input above size 1, after its walk."""
    found: dict[int, Scout] = {}
    for d, size in enumerate(shapes[number]):
        if size > 1:
            scout = found[d] = Scout()
            values: list[Value] = [constant(shape) for shape in shapes]
            letters = "".join("W" if e == d else "N" for e in range(len(shapes[number])))
            values[number] = scout.source("input", shapes[number], letters)
            walk(scout, values)
    return found


def _space(shape: Sequence[int], sent: Mapping[int, Scout]) -> list[int]:
    """Return the dimensions that windows run over, those of size 1 beside them included."""
    ran = {d for d, scout in sent.items() if any(w.over for w in scout.windows.values())}
    space = {d for d in ran if any(not _pooled(d, where, sent, ran) for where in _over(sent[d]))}
    return sorted(space | _single(shape, sent, space))


def _over(scout: Scout) -> list[str]:
    return [where for where, window in scout.windows.items() if window.over]


def _pooled(d: int, where: str, sent: Mapping[int, Scout], ran: set[int]) -> bool:
    """Whether a window runs over channels that were pooled before: over their places, alone.

    All other dimensions with windows are gone from what it reads, and the dimension is the
    channels: it is mixed elsewhere, or no other one is.
    """
    means = [e for e, scout in sent.items() if scout.summed]
    others = [e for e in (ran | {*means} if len(means) > 1 else ran) if e != d]
    gone = others and not any(where in sent[e].windows for e in others)
    channel = sent[d].mixed or not any(scout.mixed for e, scout in sent.items() if e)
    return bool(gone) and channel


def _single(shape: Sequence[int], sent: Mapping[int, Scout], space: set[int]) -> set[int]:
    """Return the dimensions of size 1 beside those that are space, as windows have them."""
    found: set[int] = set()
    for where in {where for d in space for where in _over(sent[d])}:
        place = {i: d for d in space for i in _at(sent[d], where)}
        sizes = next(sent[d].windows[where].sizes for d in space if where in sent[d].windows)
        for i in sorted(set(range(len(sizes))) - set(place), reverse=True):
            beside = [place[i + 1] - 1] if i + 1 in place else []
            beside += [place[i - 1] + 1] if i - 1 in place else []
            free = {d for d, n in enumerate(shape) if d and n == 1} - found
            channels = {d for d, scout in sent.items() if scout.mixed and d not in space}
            fitting = [d for d in beside if d in free and (channels or len(free) > 1)]
            if fitting:
                place[i] = fitting[0]
                found.add(fitting[0])
    return found


def _at(scout: Scout, where: str) -> frozenset[int]:
    return scout.windows[where].over if where in scout.windows else frozenset()


def _lettered(
    name: str, shape: Sequence[int], sent: Mapping[int, Scout], space: Sequence[int]
) -> str:
    """Return the letters of an input: its axes, else channels where it is mixed, else batch."""
    if len(space) > MOST_AXES:
        fact = f"windows run over {len(space)} dimensions of the input '{name}', at most "
        help = "give the axes by `layout=`, or ask for a part of the model: `submodule=`"
        raise fail("RF512", f"{fact}{MOST_AXES} are followed", help)
    axes = dict(zip(space, letters_of(len(space)), strict=True))
    mixed = {d for d, scout in sent.items() if scout.folded and d not in axes}
    letters = [axes.get(d) or ("C" if d in mixed else "N") for d in range(len(shape))]
    if "C" not in letters:
        for d in _unmixed(shape, space):
            letters[d] = "C"
    return "".join(letters)


def _unmixed(shape: Sequence[int], space: Sequence[int]) -> Sequence[int]:
    """Return which dimension the channels are where none are mixed, as of poolings alone.

    It is the first of size 1, else the last before space, or the first behind.
    """
    free = [d for d in range(1, len(shape)) if d not in space]
    single = [d for d in free if shape[d] == 1]
    before = [d for d in free if d < min(space)]
    return (single or before[-1:] or free)[:1]


def _taken(
    name: str,
    shape: Sequence[int],
    sent: Mapping[int, Scout],
    guess: Callable[[int], str],
    decided: bool,
) -> Layout:
    """Return the layout of an input without windows, and that it was taken for granted."""
    rank = len(shape)
    if any(scout.carried for scout in sent.values()):
        return Layout("N" * (rank - 1) + "C")
    letters = guess(rank)
    mixed = [d for d, scout in sent.items() if scout.mixed and d]
    if rank > 2 and len(mixed) == 1:
        space = iter(letters_of(rank - 2))
        letters = "".join(
            "N" if d == 0 else "C" if d in mixed else next(space) for d in range(rank)
        )
    if not decided and rank == 2:
        # Nothing but rows of numbers: their last dimension is the only space there is.
        letters = "NW"
    held = [d for d in space_of(letters) if shape[d] > 1]
    if not held:
        return Layout(letters)
    listed = " and ".join(str(d) for d in held)
    noun = "dimension" if len(held) == 1 else "dimensions"
    fact = f"no window runs over the input '{name}': its {noun} {listed} taken for space"
    return Layout(letters, f"{fact} ({letters})")


def _sound(name: str, shape: Sequence[int], letters: str) -> None:
    """Refuse letters that are no layout of an input."""
    if len(letters) != len(shape):
        fact = f"the input '{name}' has {len(shape)} dimensions, its layout {letters} has others"
        raise fail("RF512", fact, "give one letter per dimension, as in NCHW")
    axes = [letter for letter in letters if letter not in "NC"]
    twice = [letter for letter in axes if axes.count(letter) > 1]
    if twice or not letters.isalpha():
        what = f"the axis {twice[0]} twice" if twice else "a sign that is no letter"
        fact = f"the layout {letters} of the input '{name}' has {what}"
        raise fail("RF512", fact, "N is batch, C channels, any other letter an axis of its own")


def _agreed(name: str, letters: str, sent: Mapping[int, Scout], space: Sequence[int]) -> None:
    """Refuse a layout that takes for batch or channels what a window runs over."""
    for d in space if len(space) <= MOST_AXES else ():
        firm = [where for where, w in sent[d].windows.items() if w.firm] if d in sent else []
        if letters[d] in "NC" and firm:
            what, where = "batch" if letters[d] == "N" else "channels", firm[0]
            fact = f"the layout {letters} of the input '{name}' has {what} at dimension {d}"
            help = "omit `layout=`: the windows say what is space"
            raise fail("RF512", f"{fact}, over which a window of '{where}' runs", help)
