"""How does a measurement become a row of the table? Through the fixtures that are found here."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.sides import Run, cpu

HEAD = """# Benchmarks

Made by `python -m benchmarks`; not edited by hand. Each ratio is the least CPU time of one side
over the least of the other, measured in turns in one run, so that a busy machine changes little.
Nothing about time is asserted here: `tests/test_speed_guard.py` holds ratios in continuous
integration.
"""

Row = tuple[str, str, str, str]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--table", type=Path, help="write the rows to this Markdown file")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.filterwarnings("default"))


class Rows:
    """Rows of the table, in the order of measuring."""

    def __init__(self, section: str, title: str, benchmark: Any, found: list[Row]) -> None:
        self._section, self._title = section, title
        self._benchmark, self._found = benchmark, found

    def told(self, result: str, wanted: str = "", title: str | None = None) -> None:
        """Add a row whose result is at hand."""
        self._benchmark.extra_info["result"] = result
        self._found.append((self._section, title or self._title, result, wanted))

    def least(self, *sides: Run, rounds: int = 7) -> list[float]:
        """Return the least CPU seconds of every side, measured in turns.

        A side that returns a float is a process of its own and has measured itself.
        """
        best = [float("inf")] * len(sides)

        def turn() -> None:
            for number, side in enumerate(sides):
                answer: list[Any] = []
                taken = cpu(lambda side=side, answer=answer: answer.append(side()))
                measured = answer[0] if isinstance(answer[0], float) else taken
                best[number] = min(best[number], measured)

        self._benchmark.pedantic(turn, rounds=rounds, iterations=1)
        return best

    def ratio(
        self,
        first: Run,
        second: Run,
        wanted: str = "",
        rounds: int = 7,
        title: str | None = None,
    ) -> None:
        """Add a row with the time of the first side over that of the second."""
        ours, theirs = self.least(first, second, rounds=rounds)
        self.told(f"{ours / theirs:.3g}", wanted, title)


_FOUND: list[Row] = []


@pytest.fixture
def rows(request: pytest.FixtureRequest, benchmark: Any) -> Rows:
    """The rows that a benchmark adds; its docstring is what was measured."""
    section = (request.module.__doc__ or "").split("\n")[0]
    title = " ".join((request.function.__doc__ or request.node.name).split())
    benchmark.group = section
    return Rows(section, title, benchmark, _FOUND)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    path = session.config.getoption("--table")
    if path is not None and not exitstatus:
        path.write_text(table(_FOUND), encoding="utf-8")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    terminalreporter.write_line("")
    for _, title, result, wanted in _FOUND:
        terminalreporter.write_line(f"{result:>14}  {title}{f'  ({wanted})' if wanted else ''}")


def table(found: list[Row]) -> str:
    """Return the page of all rows, one table for each file of benchmarks."""
    lines = [HEAD]
    for section in dict.fromkeys(row[0] for row in found):
        lines += [f"## {section}", "", "| measured | result | wanted |", "| --- | --- | --- |"]
        lines += [f"| {what} | {got} | {want} |" for of, what, got, want in found if of == section]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"
