"""What is each op, in words that share nothing with rfcalc? One table, one entry per op."""

from tests.rules.convolutions import CONVOLUTIONS
from tests.rules.frames import FRAMES
from tests.rules.pointwise import MERGES, POINTWISE
from tests.rules.pools import POOLS
from tests.rules.resamplings import RESAMPLINGS
from tests.rules.rule import Rule
from tests.rules.whole import WHOLE

__all__ = ["RULES"]


class _Rules(dict[str, Rule]):
    def __missing__(self, op: str) -> Rule:
        raise KeyError(f"'{op}' has no rule: write its Rule in tests/rules/, beside its family")


RULES: dict[str, Rule] = _Rules(
    CONVOLUTIONS | POOLS | RESAMPLINGS | FRAMES | WHOLE | MERGES | POINTWISE
)
"""By the name of the op: how it is drawn, what it reads, and what PyTorch makes of it."""
