"""Are unions over sets of outputs those of the outputs one by one?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfcalc import images
from rfcalc.cells import Cells
from rfcalc.errors import LimitExceeded
from rfcalc.images import Images
from rfcalc.taps import PERIOD_LIMIT, relation, window

PHASES = st.lists(st.sets(st.integers(-6, 6), max_size=4), min_size=1, max_size=5)
OUTPUTS = st.one_of(
    st.sets(st.integers(-40, 40), max_size=30),
    st.builds(lambda a, n: set(range(a, a + n)), st.integers(-30, 30), st.integers(0, 40)),
    st.builds(
        lambda a, step, n: set(range(a, a + step * n, step)),
        *[st.integers(-20, 20), st.integers(2, 7), st.integers(0, 12)],
    ),
)


@given(st.integers(-5, 7), PHASES, st.lists(OUTPUTS, min_size=1, max_size=4))
def test_the_image_of_a_set_is_the_union_over_its_outputs(advance, phases, asked):
    made = Images(advance, tuple(Cells.of(p) for p in phases))
    for outputs in asked:
        expected = set()
        for o in outputs:
            turn, phase = divmod(o, len(phases))
            expected |= {i + turn * advance for i in phases[phase]}
        assert set(made.of(Cells.of(outputs))) == expected


def test_a_set_of_many_runs_may_miss_a_phase():
    made = Images(3, (Cells.of([0, 5]), Cells.of([1])))
    outputs = [0, 2, 6, 8, 14, 16, 20, 26, 28]
    assert set(made.of(Cells.of(outputs))) == {i + 3 * (o // 2) for o in outputs for i in (0, 5)}


def test_the_images_of_all_phases_share_their_unions(monkeypatch):
    """A wide window over many phases: far fewer unions than phases times outputs."""
    phases = tuple(Cells.of([o, o + 2]) for o in range(1000))
    monkeypatch.setattr(images, "WORK_LIMIT", 16_000)
    made = Images(1000, phases)
    found = [made.of(Cells.run(o, 500)) for o in range(1000)]
    assert [cells.count for cells in found] == [502] * 1000
    monkeypatch.setattr(images, "WORK_LIMIT", 100)
    made = Images(1000, phases)
    with pytest.raises(LimitExceeded):
        made.of(Cells.run(0, 500))


@given(
    *[st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(0, 4)],
    *[st.integers(1, 6), PHASES, st.integers(1, 30)],
)
def test_a_composition_for_a_grid_agrees_on_its_outputs(k, s, d, p, advance, phases, size):
    inner = relation(advance, [Cells.of(cells) for cells in phases])
    outer = window(k, s, d, p)
    whole, framed = outer @ inner, outer.over(inner, size)
    for o in range(size):
        assert framed.read(o) == whole.read(o)
    assert framed.jump == whole.jump
    assert framed.period < size + whole.jump.denominator <= PERIOD_LIMIT


def test_a_composition_with_too_many_phases_is_refused_and_made_for_a_grid():
    inner = relation(64 * 67, [Cells(67 * o, 1 + o % 2) for o in range(64)])
    odd = relation(61 * 64, [Cells(64 * o, 2 + (o % 61 == 5)) for o in range(61)])
    third = relation(59, [Cells(o, 1 + (o == 7)) for o in range(59)])
    last = relation(53, [Cells(o, 1 + (o == 7)) for o in range(53)])
    both = odd @ inner
    with pytest.raises(LimitExceeded, match="phases"):
        both @ third @ last
    framed = both.over(third, 40).over(last, 40)
    for o in range(40):
        expected = last.image(third.image(both.read(o)))
        assert framed.read(o) == expected
