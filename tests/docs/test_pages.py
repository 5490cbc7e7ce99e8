"""Do the pages of the documentation hold? Every block of code is run, every link has an end."""

import re
from pathlib import Path

import pytest
import yaml

from tests.readme import PAGES, README, ROOT, blocks, folder, missing, output, renewed

TEXTS = {page: page.read_text(encoding="utf-8") for page in [README, *PAGES]}
LANGUAGES = {"console", "csv", "pycon", "python", "sh", "toml", "yaml"}


def name(page):
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_shows_what_its_commands_print(page):
    if lacking := missing(TEXTS[page]):
        pytest.skip(f"needs {', '.join(lacking)}")
    assert renewed(TEXTS[page]) == TEXTS[page]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_block_of_a_page_escapes_the_tests(page):
    text = TEXTS[page]
    assert text.count("```") == 2 * len(blocks(text))
    for block in blocks(text):
        assert block.language in LANGUAGES
        assert block.title or block.language in {"console", "pycon", "sh", "yaml"}


@pytest.mark.parametrize("page", TEXTS, ids=name)
def test_a_file_that_a_page_writes_is_read_by_its_commands(page):
    told = TEXTS[page]
    for title in [block.title for block in blocks(told) if block.title]:
        written = told.index(f'title="{title}"')
        stem = Path(title).stem
        configuration = title == "pyproject.toml" or title.startswith(".")
        assert configuration or re.search(rf"^(\$|>>>).*\b{stem}\b", told[written:], re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_network_file_without_a_title_is_read(page, tmp_path):
    import rfcalc

    shown = [b.body for b in blocks(TEXTS[page]) if b.language == "yaml" and not b.title]
    for number, body in enumerate(shown):
        path = tmp_path / f"{number}.yaml"
        path.write_text(body, encoding="utf-8")
        assert rfcalc.analyze(rfcalc.load(path)).rows


INSTALL = re.compile(r"\S*pip install -q (?:-e )?\"?\.(?:\[([a-z,]+)\])?\"?")


@pytest.mark.parametrize("page", [*TEXTS, ROOT / "CONTRIBUTING.md"], ids=name)
def test_a_line_of_shell_names_what_there_is(page):
    """Lines that install are run by continuous integration; the rest is run here."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for block in blocks(page.read_text(encoding="utf-8")):
        for line in block.body.splitlines() if block.language == "sh" else ():
            if found := INSTALL.search(line):
                extras = found[1].split(",") if found[1] else []
                assert set(extras) <= set(project["optional-dependencies"]), line
            else:
                assert line.startswith("rfcalc "), line
                with folder():
                    assert output(line)[0] in (0, 1), line


def test_the_workflow_runs_as_it_is_shown():
    text = TEXTS[ROOT / "docs" / "how-to" / "ci.md"]
    written = [(block.title, block.body) for block in blocks(text) if block.title]
    workflow = yaml.safe_load(dict(written)[".github/workflows/networks.yml"])
    steps = workflow["jobs"]["check"]["steps"]
    (given,) = [step["with"] for step in steps if "rfcalc" in step["uses"]]
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (line,) = [step["run"] for step in action["runs"]["steps"] if "rfcalc check" in step["run"]]
    line = line.replace("$NETWORKS", given["networks"]).replace("$OPTIONS", given["options"])
    with folder():
        for title, body in written:
            if Path(title).exists():
                break  # What follows is a project of another kind.
            Path(title).parent.mkdir(parents=True, exist_ok=True)
            Path(title).write_text(body, encoding="utf-8")
        status, told = output(line)
    assert status == 1
    assert all(row.startswith("::error file=networks/") for row in told.splitlines())


def test_the_hook_of_pre_commit_is_one_that_there_is():
    text = TEXTS[ROOT / "docs" / "how-to" / "ci.md"]
    (shown,) = [b.body for b in blocks(text) if b.title == ".pre-commit-config.yaml"]
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (repository,) = yaml.safe_load(shown)["repos"]
    assert {hook["id"] for hook in repository["hooks"]} <= {hook["id"] for hook in hooks}
    pattern = hooks[0]["files"]
    assert all(re.search(pattern, f"a{end}") for end in (".net.yaml", ".net.yml", ".net.json"))


@pytest.mark.parametrize(
    "page", [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"], ids=name
)
def test_a_link_from_the_root_leads_to_a_file(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (ROOT / target).exists(), target


def test_a_path_that_contributors_are_told_exists():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:rfcalc|tests|docs|examples)/[\w./-]*)`", text):
        assert re.search(r"NAME|CODE", path) or (ROOT / path).exists(), path


def test_pictures_are_those_of_the_gallery():
    import runpy

    pictures = runpy.run_path(str(ROOT / "docs" / "gallery.py"))["GALLERY"]
    shown = {image for text in TEXTS.values() for image in re.findall(r"images/([\w.-]+)", text)}
    assert shown <= set(pictures)
    assert {path.name for path in (ROOT / "docs" / "images").iterdir()} == set(pictures)
