"""How many threads do the libraries in a worker process start? Its share of the processors."""

from collections.abc import Mapping

__all__ = ["shared"]

OPENMP = "OMP_NUM_THREADS"
"""Honoured by PyTorch, MKL, OpenBLAS, BLIS, NumExpr and whatever else uses OpenMP."""
OWN = (
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
"""What a single library reads, before that of OpenMP or instead of it."""


def shared(environment: Mapping[str, str], threads: int) -> dict[str, str]:
    """Return an environment in which a library starts so many threads, unless it says otherwise.

    Each library would start one for every processor, in each of the processes that run at once.
    What is set stays as it is; where OpenMP's number is, the libraries follow it by themselves.

    >>> shared({"OMP_NUM_THREADS": "4"}, 1)
    {'OMP_NUM_THREADS': '4'}
    >>> found = shared({"MKL_NUM_THREADS": "8"}, 2)
    >>> found["OMP_NUM_THREADS"], found["MKL_NUM_THREADS"], found["OPENBLAS_NUM_THREADS"]
    ('2', '8', '2')
    """
    own = {} if environment.get(OPENMP) else dict.fromkeys((OPENMP, *OWN), str(threads))
    return own | {name: value for name, value in environment.items() if value or name not in own}
