"""Does any input end in a stack trace, a hang or a full memory? The corpus, then a minute more."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.commands import arguments
from tests.fuzz.targets import CORPUS, FOUND, GRAMMAR, TARGETS, reader, run_command, seeds
from tests.fuzz.watch import HANG, Hang, Watch, bounded
from tests.whole import sample

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
AWAY = [("onnx", "onnx"), ("value", "onnx"), ("hdf5", "h5py"), ("erf-files", "PIL")]
# Every file in HDF5 is read by a process of its own.
RUNS = {"reader": 1500, "command": 40, "analysis": 150, "erf-settings": 40, "hdf5": 15}
KEPT = [
    (name, path)
    for name in TARGETS
    for place in (CORPUS / name, FOUND / name)
    if place.is_dir()
    for path in sorted(place.iterdir())
]


def ready(name):
    """Skip a target whose package is not there."""
    for target, package in AWAY:
        if name == target:
            pytest.importorskip(package)


@pytest.mark.parametrize(("name", "path"), KEPT, ids=lambda kept: getattr(kept, "name", kept))
def test_every_kept_input_is_answered_or_refused_in_time(name, path):
    ready(name)
    with bounded(10 * HANG):
        TARGETS[name].run(path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_inputs_made_from_the_corpus_are_answered_or_refused(name, tmp_path):
    ready(name)
    watch, random, pool = Watch(TARGETS[name].run, tmp_path), Random(name), seeds(name)
    for _ in range(RUNS.get(name, 400)):
        watch(TARGETS[name].mutate(random.choice(pool), random))
    assert not watch.found
    assert watch.runs == RUNS.get(name, 400)


WORDS = st.sampled_from([word for word in GRAMMAR if word.isprintable()])


@settings(max_examples=300)
@given(st.lists(WORDS | st.text(max_size=3), max_size=12).map(" ".join))
def test_any_words_of_the_grammar_are_read_or_refused(text):
    reader(f"layers:\n  - {text}".encode())
    reader(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=40)
@given(st.data())
def test_any_command_line_ends_in_0_1_or_2(data):
    words = arguments(lambda options: data.draw(st.sampled_from(list(options))))
    with bounded(60):
        assert run_command(words) in (0, 1, 2)


def test_what_goes_wrong_is_found_and_kept(tmp_path):
    """A fuzzer that finds nothing might not look."""

    def run(data):
        if data == b"slow":
            raise Hang
        assert data != b"bad"

    watch = Watch(run, tmp_path)
    for data in (b"good", b"bad", b"slow", b"bad"):
        watch(data)
    assert len(watch.found) == 2
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"bad", b"slow"}


def test_a_run_that_never_ends_is_stopped():
    def forever():
        with bounded(0.05):
            while True:
                pass

    with pytest.raises(Hang):
        forever()


@pytest.mark.slow
@pytest.mark.parametrize("plain", sample([True, False], 1))
def test_one_command_fuzzes_a_target(plain):
    if not plain and importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed")
    result = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "reader", "--runs", "600"] + ["--plain"] * plain,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert " 0 found" in result.stdout
    assert int(result.stdout.split("executions")[0].split()[-1].replace(",", "")) > 500
