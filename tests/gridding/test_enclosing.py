"""Are the pairs that no other encloses those that all pairs, held against each other, leave?"""

from collections import namedtuple

from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.gridding.dominators import dominators, postdominators
from rfcalc.gridding.enclosing import outermost

Pair = namedtuple("Pair", "source target")


@st.composite
def graphs(draw):
    """Inputs of nodes 1, 2, ..: mostly the node before; the last reads whatever none other does."""
    inputs = {}
    for node in range(1, draw(st.integers(2, 12))):
        near = [node - 1, *draw(st.lists(st.integers(0, node - 1), max_size=2))]
        inputs[node] = sorted({*near[draw(st.integers(0, len(near) - 1)) :]})
    read = {i for some in inputs.values() for i in some}
    inputs[len(inputs) + 1] = [i for i in range(len(inputs) + 1) if i not in read]
    return inputs


def on_every_path(inputs, guard, node, end, forward):
    """Whether no way from the end to the node is left when the guard is taken away."""
    if guard == node:
        return True
    readers = {i: [n for n in inputs if i in inputs[n]] for i in range(len(inputs) + 1)}
    edges = readers if forward else inputs
    reached, stack = {end} - {guard}, [end] if end != guard else []
    while stack:
        for other in edges.get(stack.pop(), ()):
            if other != guard and other not in reached:
                reached.add(other)
                stack.append(other)
    return node not in reached


@settings(max_examples=150)
@given(graphs(), st.data())
def test_the_outermost_pairs_are_those_that_no_other_encloses(inputs, data):
    last = len(inputs)
    nodes = st.integers(0, last)
    made = data.draw(st.lists(st.tuples(nodes, nodes), unique=True, min_size=1, max_size=10))
    pairs = [Pair(*pair) for pair in made if pair[0] <= pair[1]]
    readers = {i: [n for n in inputs if i in inputs[n]] for i in range(last + 1)}
    above = dominators(range(1, last + 1), inputs.__getitem__, (0,))
    below = postdominators(range(last + 1), readers.__getitem__, last)

    def encloses(outer, inner):
        return on_every_path(inputs, outer.source, inner.source, 0, True) and on_every_path(
            inputs, outer.target, inner.target, last, False
        )

    left = [p for p in pairs if not any(encloses(q, p) for q in pairs if q != p)]
    assert list(outermost(pairs, above, below)) == left
