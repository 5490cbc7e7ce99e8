"""Do wheel and sdist hold what they have to, and nothing else?"""

import sys
import tarfile
import zipfile
from pathlib import Path

wheel, sdist = (next(Path(sys.argv[1]).glob(end)) for end in ("*.whl", "*.tar.gz"))
files = (path for path in Path("rfcalc").rglob("*") if path.is_file() and path.suffix != ".pyc")
package = {path.as_posix() for path in files}

packed = set(zipfile.ZipFile(wheel).namelist())
inside = {name for name in packed if ".dist-info/" not in name}
assert package <= inside, sorted(package - inside)
assert all(name.startswith("rfcalc/") for name in inside), "the wheel holds more than the package"
assert any(name.endswith("/licenses/LICENSE") for name in packed), "the wheel has no licence"

with tarfile.open(sdist) as archive:
    held = {name.partition("/")[2] for name in archive.getnames()}
wanted = {"README.md", "LICENSE", "CITATION.cff", "tests/readme.py", "docs/theory.md", "mkdocs.yml"}
assert package | wanted <= held, sorted((package | wanted) - held)
assert not any("__pycache__" in name for name in held), "the sdist holds what was compiled"
