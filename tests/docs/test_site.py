"""Is the site built without a warning, and does it stand on its own?"""

import os
import re
import subprocess
import sys

import pytest

from tests.readme import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site as ``mkdocs build --strict`` makes it."""
    pytest.importorskip("material", reason="the site is built with mkdocs-material")
    pytest.importorskip("latex2mathml", reason="formulas of the site become MathML with it")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video)[^>]+src=["']?(https?:)?//|"""
    r"""<link[^>]+rel=["']?(?:stylesheet|preconnect|icon)[^>]+href=["']?(https?:)?//|"""
    r"""@import|url\(["']?(https?:)?//"""
)


def test_no_page_fetches_anything_from_elsewhere(site):
    for path in [*site.rglob("*.html"), *site.rglob("*.css")]:
        assert not FETCHED.search(path.read_text(encoding="utf-8")), path.name


def test_the_site_serves_the_schema(site):
    kept = (ROOT / "docs" / "network.schema.json").read_bytes()
    assert (site / "network.schema.json").read_bytes() == kept


def test_the_search_finds_what_people_type(site):
    import json

    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    told = [f"{entry['title']} {entry['text']}".lower() for entry in index["docs"]]
    for word in ("LaTeX", "MONAI", "FAQ", "glossary", "torchinfo", "effective kernel"):
        assert any(word.lower() in text for text in told), word


SEARCH = """
const fs = require("fs");
const [worker, index, typed] = process.argv.slice(1);
globalThis.self = globalThis;
let receive, answer;
globalThis.addEventListener = (_, listener) => { receive = listener; };
globalThis.postMessage = (message) => { answer = message; };
(0, eval)(fs.readFileSync(worker, "utf-8"));
const {config, docs} = JSON.parse(fs.readFileSync(index, "utf-8"));
(async () => {
  const fields = {title: {boost: 1000}, text: {boost: 1}, tags: {boost: 1000000}};
  await receive({data: {type: 0, data: {config: {fields, ...config}, docs, options: {}}}});
  await receive({data: {type: 2, data: typed}});
  console.log(JSON.stringify(answer.data.items.map((sections) => sections[0].location)));
})();
"""


def ranked(site, typed):
    """The pages that the search box lists, best first: the theme's own worker is asked."""
    import json
    import shutil

    node = shutil.which("node")
    if node is None:
        pytest.skip("the search of the theme is a script, which node runs")
    (worker,) = site.glob("assets/javascripts/workers/search.*.min.js")
    index = site / "search" / "search_index.json"
    line = [node, "-e", SEARCH, str(worker), str(index), typed]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    pages = [location.partition("#")[0] for location in json.loads(done.stdout)]
    return list(dict.fromkeys(pages))


PAGES = {
    "LaTeX": ("faq.html", "how-to/paper.html"),
    "MONAI": ("faq.html", "tiling.html", "how-to/microscopy.html"),
    "FAQ": ("faq.html",),
    "glossary": ("glossary.html",),
    "torchinfo": ("coming-from.html",),
    "effective kernel": ("faq.html", "glossary.html"),
}
"""What is typed, the page that has to be found first, and others that have to be found."""


@pytest.mark.parametrize("typed", PAGES)
def test_the_search_has_the_right_page_first(site, typed):
    found = ranked(site, typed)
    first, *others = PAGES[typed]
    assert found[0] == first, found[:4]
    assert set(others) <= set(found[:8]), found


def test_the_calculator_is_served_as_it_is(site):
    kept = (ROOT / "docs" / "calculator.html").read_bytes()
    assert (site / "calculator.html").read_bytes() == kept


def test_what_makes_the_pages_is_not_among_them(site):
    assert not list(site.rglob("*.py"))
    assert not (site / "made").exists()
    for path in site.rglob("*.html"):
        assert "<!-- made:" not in path.read_text(encoding="utf-8")


def test_formulas_are_set_without_a_script(site):
    """Each becomes MathML, and no command of LaTeX is left in it."""
    written = re.findall(r"\$\$?[^$]+\$\$?", (ROOT / "docs" / "theory.md").read_text("utf-8"))
    text = (site / "theory.html").read_text(encoding="utf-8")
    found = re.findall(r"<math .*?</math>", text, re.DOTALL)
    assert len(found) == len(written) > 50
    assert sum('display="block"' in math for math in found) == sum(
        formula.startswith("$$") for formula in written
    )
    assert not [math for math in found if "\\" in math]
    for path in site.rglob("*.html"):
        assert "arithmatex" not in path.read_text(encoding="utf-8"), path.name


def test_a_table_too_wide_for_a_page_scrolls_and_a_sentence_goes_on_below(site):
    """The style sheet wraps the lines of every block that is not marked as wide."""
    marked = {}
    for path in (site / "how-to").glob("*.html"):
        for block in re.findall(
            r'<div class="[^"]*highlight[^"]*">.*?</div>', path.read_text(), re.S
        ):
            text = re.sub("<[^>]+>", "", block)
            longest = max(text.splitlines(), key=len)
            marked[longest] = "wide" in block[: block.index(">")]
    long = {line: wide for line, wide in marked.items() if len(line) > 140}
    assert any(long.values())
    assert not all(long.values())
    for line, wide in long.items():
        assert wide == ("   " in line.strip()), line
