"""Which versions does pyproject.toml say are enough? Constraints that install exactly those."""

import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]

for extra in ["", *sys.argv[1:]]:
    listed = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    for requirement in map(Requirement, listed):
        lowest = [bound.version for bound in requirement.specifier if bound.operator == ">="]
        assert lowest, f"{requirement} has no lowest version"
        print(f"{requirement.name}=={lowest[0]}")
