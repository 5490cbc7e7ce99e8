"""Measure everything and write the table: ``python -m benchmarks``, some three minutes.

``pytest benchmarks`` measures the same and writes nothing; a file or ``-k`` measures a part.
"""

import pytest

from benchmarks.sides import ROOT

TABLE = ROOT / "docs" / "benchmarks.md"
OPTIONS = [
    "--benchmark-columns=min,median,rounds",
    "--benchmark-disable-gc",
    "-p",
    "no:cacheprovider",
]

if __name__ == "__main__":
    raise SystemExit(pytest.main([str(ROOT / "benchmarks"), f"--table={TABLE}", *OPTIONS]))
