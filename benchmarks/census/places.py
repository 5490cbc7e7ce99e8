"""Where does the repository lie, and how does a command find it that runs in another folder?"""

import os
from pathlib import Path

__all__ = ["ROOT", "environment"]

ROOT = Path(__file__).parents[2]


def environment() -> dict[str, str]:
    """Return the environment of a process that imports this repository, wherever it runs."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path}
