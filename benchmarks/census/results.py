"""How is what came of each model kept, so that a run that was stopped goes on from there?"""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

__all__ = ["add_results", "read_results"]


def read_results(path: Path) -> dict[str, tuple[Any, ...]]:
    """Return what came of each line; none where there is no file."""
    if not path.exists():
        return {}
    texts = path.read_text(encoding="utf-8").splitlines()
    return {line: tuple(found) for line, *found in map(json.loads, texts)}


def add_results(path: Path, work: Mapping[str, Callable[[], tuple[Any, ...]]], jobs: int) -> None:
    """Do what has no result yet, ``jobs`` at a time, and add each result as it comes."""
    done = read_results(path)
    rest = {line: ask for line, ask in work.items() if line not in done}
    with path.open("a", encoding="utf-8") as file, ThreadPoolExecutor(jobs) as executor:
        begun = {executor.submit(ask): line for line, ask in rest.items()}
        for future in as_completed(begun):
            file.write(json.dumps([begun[future], *future.result()]) + "\n")
            file.flush()
