"""Is a command in every list that a user or a test meets? What is missing says what to write."""

from pathlib import Path

import pytest

from rfcalc.cli import COMMANDS
from rfcalc.cli.examples import EXAMPLES
from rfcalc.cli.helping import GROUPS
from tests.cli.test_imports import ARRAYS
from tests.cli.test_imports import LINES as IMPORTED
from tests.cli.test_outputs import LINES as WRITTEN
from tests.cli.test_streams import TALK, WRITE

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_in_every_list(name: str):
    file = ROOT / "rfcalc" / "cli" / f"{name.replace('-', '_')}.py"
    grouped = {one for names in GROUPS.values() for one in names}
    lists = {
        f"its file rfcalc/cli/{file.name}, with a `command`": file.exists(),
        "a place in GROUPS of rfcalc/cli/helping.py": name in grouped,
        "two or three lines in EXAMPLES of rfcalc/cli/examples.py": name in EXAMPLES,
        "a row in the table of README.md": f"`rfcalc {name}" in README,
        "a line in RESULTS or OWN of tests/cli/test_outputs.py": name in WRITTEN,
        "a line in LINES of tests/cli/test_imports.py, or its name in ARRAYS": name in ARRAYS
        or any(line.split()[0] == name for line in IMPORTED),
        "a line in TALK or WRITE of tests/cli/test_streams.py": name in {*TALK, *WRITE, "scan"},
    }
    missing = [what for what, there in lists.items() if not there]
    assert not missing, f"'{name}' lacks {'; '.join(missing)}"
