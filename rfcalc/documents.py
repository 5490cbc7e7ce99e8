"""What may stand in the data of a result, before and after it is written as JSON?"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

__all__ = ["Data", "Json"]

Json: TypeAlias = str | int | float | bool | Sequence["Json"] | Mapping[str, "Json"] | None
"""A value of JSON."""

Data: TypeAlias = (
    str | int | float | bool | Fraction | Sequence["Data"] | Mapping[str, "Data"] | None
)
"""A value of JSON in which a fraction is still exact: each format writes it in its own way."""
