"""How long do the gates take? Two hundred networks of the zoo, all gates, beside their reading.

``python benchmarks/test_check.py`` prints milliseconds a file; ``pytest benchmarks`` times the
same with pytest-benchmark. Nothing is asserted about time: a busy machine is not a fault.
"""

import time
from typing import Any

from rfcalc.gates import GATES, check
from rfcalc.loading import load
from rfcalc.zoo import zoo_names

FILES = 200


def gates() -> dict[str, Any]:
    """Return every gate, the limits far enough off that few networks miss them."""
    limits: dict[str, Any] = {"min-rf": (3,), "max-rf": (10**6,), "max-jump": (64,)}
    return {
        name: limits.get(name, 0.01 if g.kind == "share" else True) for name, g in GATES.items()
    }


def judged(networks: list[Any]) -> int:
    """Return the number of failures of all networks."""
    return sum(len(check(network, gates())) for network in networks)


def names() -> list[str]:
    """Return as many names as there are files, those of the zoo over and over."""
    shipped = zoo_names()
    return [f"zoo:{shipped[number % len(shipped)]}" for number in range(FILES)]


def test_check(benchmark: Any) -> None:
    networks = [load(name) for name in names()]
    assert benchmark(judged, networks) > 0


if __name__ == "__main__":
    start = time.process_time()
    read = [load(name) for name in names()]
    middle = time.process_time()
    judged(read)
    end = time.process_time()
    print(f"reading {1e3 * (middle - start) / FILES:.2f} ms a file")
    print(f"gates   {1e3 * (end - middle) / FILES:.2f} ms a file")
