"""Write the table of limits into the docs: `python -m tests.limits`."""

from pathlib import Path

from tests.limits.table import markdown

PAGE = Path(__file__).parents[2] / "docs" / "limits.md"
BEGIN, END = "<!-- limits: begin -->\n", "<!-- limits: end -->\n"


def renewed(text: str) -> str:
    """Return the page with the table as the code has it."""
    head, rest = text.split(BEGIN)
    return head + BEGIN + markdown() + END + rest.split(END)[1]


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
