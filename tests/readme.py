"""Does README show what the commands print? Its console blocks are run, and can be renewed.

``python -m tests.readme`` writes the output of every command into README.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"```console\n\$ ([^\n]+)\n(.*?)```", re.DOTALL)


def output(command: str, folder: Path) -> str:
    """Return what a command prints, run in a folder that holds the examples."""
    words = shlex.split(command)
    if words[0] == "rfcalc":
        words = [sys.executable, "-m", "rfcalc", *words[1:]]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        words, cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode < 2, done.stderr
    return done.stdout


def renewed(text: str) -> str:
    """Return README's text with the output of every command as it is now."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "examples", folder / "examples")
        return BLOCK.sub(
            lambda block: f"```console\n$ {block[1]}\n{output(block[1], folder)}```", text
        )


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
