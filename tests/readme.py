"""Do README and the documentation show what the commands print? Their blocks are run.

``python -m tests.readme`` writes the output of every command into the pages. A block with a title
is a file that the commands after it find; ``<!-- needs: torch -->`` names packages that a page
cannot be run without.
"""

import doctest
import importlib.util
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = sorted((ROOT / "docs").rglob("*.md"))
BLOCK = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SHELL = re.compile(r"[|<>;&*]")
ENVIRONMENT = {"NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)}


class Block(NamedTuple):
    """A block of code of a page: its language, its title, what stands in it."""

    language: str
    title: str
    body: str


def block(found: re.Match[str]) -> Block:
    """Return a block as it was found."""
    title = re.search(r'title="([^"]+)"', found[2])
    return Block(found[1], title[1] if title else "", found[3])


def blocks(text: str) -> list[Block]:
    """Return the blocks of a page, in order."""
    return [block(found) for found in BLOCK.finditer(text)]


def missing(text: str) -> list[str]:
    """Return the packages that a page needs and that are not installed."""
    names = re.findall(r"^<!-- needs: (.*) -->$", text, re.MULTILINE)
    needed = [name for line in names for name in line.split()]
    return [name for name in needed if importlib.util.find_spec(name) is None]


@contextmanager
def folder() -> Iterator[Path]:
    """Work in a folder that holds the examples and nothing else."""
    with tempfile.TemporaryDirectory() as name, patch.dict(os.environ, ENVIRONMENT), chdir(name):
        shutil.copytree(ROOT / "examples", "examples")
        yield Path(name)


def renewed(text: str) -> str:
    """Return a page with the output of every command as it is now, its examples held."""
    names: dict[str, Any] = {}

    def filled(found: re.Match[str]) -> str:
        here = block(found)
        if here.title:
            Path(here.title).parent.mkdir(parents=True, exist_ok=True)
            Path(here.title).write_text(here.body, encoding="utf-8")
        elif here.language == "console":
            return f"```console\n{session(here.body)}```"
        elif here.language == "pycon":
            held(here.body, names)
        return found[0]

    with folder():
        return BLOCK.sub(filled, text)


def session(body: str) -> str:
    """Return the commands of a block, each with what it prints."""
    told = ""
    status = 0
    for line in re.findall(r"^\$ (.*)$", body, re.MULTILINE):
        if line == "echo $?":
            shown = f"{status}\n"
        else:
            status, shown = output(line)
        told += f"$ {line}\n{shown}"
    return told


def output(line: str) -> tuple[int, str]:
    """Return the exit status of a command, and what it shows on a terminal."""
    words = shlex.split(line)
    if words[0] == "rfcalc" and not SHELL.search(line):
        return in_process(words)
    python = f'python() {{ "{sys.executable}" "$@"; }}'
    shell = f'{python}\nrfcalc() {{ python -m rfcalc "$@"; }}\n{line}'
    done = subprocess.run(
        ["sh", "-c", shell],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


def in_process(words: list[str]) -> tuple[int, str]:
    """Run rfcalc without a process of its own."""
    from rfcalc.cli import main

    kept = io.BytesIO()
    shown = io.TextIOWrapper(kept, encoding="utf-8", write_through=True)
    with patch.object(sys, "argv", words), redirect_stdout(shown), redirect_stderr(shown):
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0
    return status, kept.getvalue().decode()


def held(body: str, names: dict[str, Any]) -> None:
    """Run the examples of a Python session, and hold what they show."""
    test = doctest.DocTestParser().get_doctest(body, names, "page", None, 0)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test, out=told.append, clear_globs=False)
    names.update(test.globs)
    assert not runner.failures, "".join(told)


if __name__ == "__main__":
    for page in [README, *PAGES]:
        before = page.read_text(encoding="utf-8")
        if lacking := missing(before):
            print(f"{page.name} is left as it is: {', '.join(lacking)} missing")  # noqa: T201
            continue
        page.write_text(renewed(before), encoding="utf-8")
