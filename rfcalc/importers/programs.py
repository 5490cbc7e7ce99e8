"""How is a whole program read, or a part of it? Its layouts are found, then it is walked once."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from rfcalc.errors import fail
from rfcalc.importers.axes import Value, constant, live
from rfcalc.importers.file_walk import FileWalk
from rfcalc.importers.graph import Graph
from rfcalc.importers.inputs import axes_of, rank_of
from rfcalc.importers.operation import Held
from rfcalc.importers.parts import needed, part
from rfcalc.importers.scouting import Layout, Scout, layouts, usual
from rfcalc.importers.walk import Step, Walk
from rfcalc.spelling import nearest

__all__ = ["check_assumed", "walk_part", "walk_through"]

PATHLESS = "the file names no modules: ask for a `layer=`"
"""The help where a submodule is asked for of a file whose steps lie in none."""

S = TypeVar("S", bound=Step)
W = TypeVar("W", bound=Walk[Any])
F = TypeVar("F", bound=FileWalk[Any, Any, Any])


def check_assumed(assume: Iterable[str], met: Collection[str]) -> None:
    """Refuse to take an operator for element-wise that a model does not use.

    Raises
    ------
    RfcalcError
        RF511: there is one.
    """
    for name in sorted(set(assume) - set(met)):
        fact = f"the model does not use an operator '{name}'"
        raise fail("RF511", fact, nearest(name, sorted(met)))


def walk_through(
    begin: Callable[[Graph], W],
    steps: Sequence[S],
    inputs: Mapping[str, str],
    trials: Sequence[Sequence[int]],
    sizes: Callable[[Sequence[str]], Sequence[Sequence[int]]],
    said: Sequence[str | None] = (),
    guess: Callable[[int], str] = usual,
    until: Sequence[S] | None = None,
    found: Sequence[Layout] | None = None,
) -> W:
    """Return a walk that went through the steps, on a graph with the axes of the inputs.

    Parameters
    ----------
    begin : returns a walk on a graph, which knows all but the inputs; called after ``sizes``.
    inputs : what users know each input by, by the name of its value.
    trials : shapes of the inputs at which their layouts are found.
    sizes : returns the shapes of the inputs by their layouts.
    said, guess : as for ``scouting.layouts``.
    until : the steps to go through, where all of them are looked at for the layouts alone.
    found : the layouts, where they are known without a walk.

    Raises
    ------
    RfcalcError
        As ``scouting.layouts``, and the faults of steps that end the reading.
    """
    if found is None:
        found = _find_layouts(begin, steps, inputs, trials, said, guess)
    letters = [one.letters for one in found]
    shapes = sizes(letters)
    walk = begin(Graph(rank_of(letters), axes_of(letters)))
    for (name, title), shape, one in zip(inputs.items(), shapes, found, strict=True):
        walk.enter(name, walk.graph.source(title, shape, *one))
    walk.follow(steps if until is None else until)
    return walk


def walk_part(
    begin: Callable[[Graph], F],
    steps: Sequence[S],
    ends: Sequence[str],
    submodule: str,
    inputs: Mapping[str, str],
    trials: Sequence[Sequence[int]],
    sizes: Callable[[Sequence[str]], Sequence[Sequence[int]]],
    said: Sequence[str | None] = (),
    guess: Callable[[int], str] = usual,
) -> tuple[F, Sequence[str]]:
    """Return a walk through a submodule, whose inputs are what reaches it, and its outputs.

    Parameters
    ----------
    steps, ends : all steps of the program, and its outputs.
    said : layouts of the inputs of the submodule.

    Other arguments as for ``walk_through``.

    Raises
    ------
    RfcalcError
        RF510: no such submodule; RF502: a sequence of tensors enters; and as ``walk_through``.
    """
    found = part(steps, ends, submodule, "model", PATHLESS)
    outside = needed(found.outside, found.inputs)
    whole = needed(steps, ends)
    before = walk_through(begin, whole, inputs, trials, sizes, (), guess, outside)
    entering: dict[str, tuple[int, ...]] = {}
    for name in found.inputs:
        held = before.value(name)
        if isinstance(held, list):
            fact = f"'{name}' enters as a sequence of tensors"
            raise fail("RF502", fact, "ask for a larger part")
        if live(held):
            entering[name] = held.shape

    def inner(graph: Graph) -> F:
        walk = begin(graph)
        walk.inherit(before)
        return walk

    shapes = list(entering.values())
    titles = {name: before.title(name) for name in entering}
    inside = needed(found.inside, found.outputs)
    walk = walk_through(inner, inside, titles, shapes, lambda _: shapes, said, guess)
    return walk, found.outputs


def _find_layouts(
    begin: Callable[[Graph], W],
    steps: Sequence[S],
    inputs: Mapping[str, str],
    shapes: Sequence[Sequence[int]],
    said: Sequence[str | None],
    guess: Callable[[int], str],
) -> list[Layout]:
    """Return the layout of each input: what is said, else what the windows run over."""

    def walk(graph: Scout, known: Mapping[str, Held], values: Sequence[Value]) -> dict[str, Held]:
        run = begin(graph)
        run.values |= known
        for name, value in zip(inputs, values, strict=True):
            run.enter(name, value)
        run.follow(steps)
        return run.values

    # What does not hold the dimension that is scouted is the same in every walk.
    still = walk(Scout(), {}, [constant(shape) for shape in shapes])

    def scout(graph: Scout, values: list[Value]) -> None:
        walk(graph, still, values)

    return layouts(list(inputs.values()), shapes, scout, guess, said)
