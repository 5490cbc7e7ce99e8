"""Does an element-wise step read what a general product of tensors says, at less cost?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.importers import products
from rfcalc.importers.axes import constant, live
from rfcalc.importers.combining import combine
from rfcalc.importers.graph import Graph
from rfcalc.importers.layout import permute, reshape
from rfcalc.layers.pointwise import Add


@st.composite
def operands(draw):
    """An input of one axis or two, its dimensions moved or joined, among constants."""
    graph = Graph(2, "HW")
    x = graph.source("x", (2, 6, 4, 5), draw(st.sampled_from(["NCHW", "NHWC", "HNCW"])))
    x = permute(graph, x, draw(st.permutations(range(4))))
    if draw(st.booleans()):
        shape = list(x.shape)
        at = draw(st.integers(0, 2))
        x = reshape(graph, x, [*shape[:at], shape[at] * shape[at + 1], *shape[at + 2 :], 1])
    values = [x]
    for _ in range(draw(st.integers(0, 2))):
        size = [draw(st.sampled_from([1, n])) for n in x.shape[draw(st.integers(0, 3)) :]]
        values.insert(draw(st.integers(0, len(values))), constant(size))
    return graph, values


@settings(max_examples=60)
@given(operands())
def test_one_tensor_among_constants_is_read_as_the_general_product_says(drawn):
    graph, values = drawn
    found = products.broadcast(graph, values, Add())
    rank = max(len(v.shape) for v in values)
    labelled = [(v, range(-len(v.shape), 0)) for v in values]
    expected = combine(graph, Add(), labelled, range(-rank, 0))
    assert (found.dims, found.uneven) == (expected.dims, expected.uneven)
    one, other = (graph.drafts[value.node] for value in (found, expected))
    assert (one.layer, one.inputs) == (other.layer, other.inputs)


@pytest.mark.parametrize("shape", [(3, 1, 4, 5), (2, 6, 4, 5), (2, 2, 6, 4, 5), (5,), ()])
def test_only_what_is_made_larger_is_aligned(monkeypatch, shape):
    asked = []
    monkeypatch.setattr(products, "combine", lambda *_: asked.append(1))
    graph = Graph(2, "HW")
    x = graph.source("x", (2, 6, 4, 5) if shape != (3, 1, 4, 5) else (1, 6, 4, 5), "NCHW")
    assert live(x)
    products.broadcast(graph, [x, constant(shape)], Add())
    assert len(asked) == (shape in [(3, 1, 4, 5), (2, 2, 6, 4, 5)])
