"""How is an op drawn whose parameters are single integers?"""

from hypothesis import strategies as st

from rfcalc.layers import LAYERS

__all__ = ["fixed"]


def fixed(op, options, formula):
    """An op whose parameters are single integers: drawn by name, given to the formula."""

    @st.composite
    def drawn(draw):
        values = {name: draw(values) for name, values in options.items()}
        n = 12 * draw(st.integers(2, 3))
        return LAYERS[op](**{k: (v,) for k, v in values.items()}), n, formula(n=n, **values)

    return drawn()
