"""Fuzz one target: `python -m tests.fuzz TARGET --runs N` or `--seconds S`."""

import argparse
import faulthandler
import os
import resource
import shutil
import sys
import tempfile
import time
import warnings
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random

from tests.fuzz.targets import FOUND, TARGETS, folder, seeds
from tests.fuzz.watch import MEMORY, Watch

IMPORTED = (
    *("rfcalc.spec", "rfcalc.loading", "rfcalc.report", "rfcalc.render.report"),
    *("rfcalc.gates.settings", "rfcalc.gridding.findings", "rfcalc.gridding.layer_findings"),
)

DEAF = 300.0
"""Seconds after which a run that no signal reaches, as in a library, ends with a trace."""


def main() -> int:
    """Run the target and print its numbers; 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--runs", type=int, default=0, help="executions")
    parser.add_argument("--seconds", type=float, default=0.0, help="time instead of executions")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--length", type=int, help="most bytes of an input")
    parser.add_argument("--plain", action="store_true", help="do not use atheris")
    parser.add_argument("--keep", type=Path, help="where inputs that reach new code are kept")
    given = parser.parse_args()
    if not given.runs and not given.seconds:
        given.seconds = 60.0
    # A seed that is cut is no file any more.
    given.length = given.length or max(4096, 2 * max(map(len, seeds(given.target))))
    guided = not given.plain and find_spec("atheris") is not None
    for package in (["atheris"] if guided else []) + [TARGETS[given.target].needs]:
        import_module(package)
    watch = Watch(TARGETS[given.target].run, FOUND / given.target)
    warnings.simplefilter("ignore")
    faulthandler.dump_traceback_later(DEAF, exit=True)
    say(f"{given.target}: {'coverage-guided' if guided else 'without coverage'}")
    (run_guided if guided else run_plain)(watch, given)
    return finish(watch)


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def finish(watch: Watch) -> int:
    """Print the numbers and return the exit status."""
    say(watch.summary())
    return 1 if watch.found else 0


def over(watch: Watch, given: argparse.Namespace) -> bool:
    """Whether as many executions, or as much time, are done as were asked for."""
    # The time of the next run begins.
    faulthandler.dump_traceback_later(DEAF, exit=True)
    if given.runs:
        return watch.runs >= given.runs
    return time.monotonic() - watch.begun >= given.seconds


def limit_memory() -> None:
    """Let what asks for more than a process may have end in a MemoryError, which is a find."""
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    most = held + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def run_plain(watch: Watch, given: argparse.Namespace) -> None:
    """Run the seeds, then inputs made from them at random."""
    target, random = TARGETS[given.target], Random(given.seed)
    pool = seeds(given.target)
    for data in pool:
        watch(data)
    limit_memory()
    watch.begun = time.monotonic()
    while not over(watch, given):
        data = random.choice(pool)
        for _ in range(random.choice((1, 1, 2, 4))):
            data = target.mutate(data, random)
        watch(data[: given.length])
        if len(pool) < 1000 and random.random() < 0.02:
            pool.append(data)


def run_guided(watch: Watch, given: argparse.Namespace) -> None:
    """Run libFuzzer, which keeps and changes the inputs that reach new code."""
    import atheris

    target = TARGETS[given.target]
    with atheris.instrument_imports(include=["rfcalc"]):
        for name in [name for name in sys.modules if name.partition(".")[0] == "rfcalc"]:
            del sys.modules[name]
        for name in (*IMPORTED, target.needs):
            import_module(name)
        # What is imported only now, instrumented, takes its time: the first run is not watched.
        with suppress(Exception, SystemExit):
            target.run(seeds(given.target)[0])
        for data in seeds(given.target):
            watch(data)
    limit_memory()
    watch.begun = time.monotonic()

    def one(data: bytes) -> None:
        watch(data)
        if over(watch, given):
            status = finish(watch)
            shutil.rmtree(folder(), ignore_errors=True)
            # libFuzzer does not return, nor does it let Python end.
            os._exit(status)

    def change(data: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.4 and target.change is None:
            return atheris.Mutate(data, most)
        return target.mutate(data, random)[:most]

    with tempfile.TemporaryDirectory() as place:
        kept = given.keep or Path(place)
        kept.mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(seeds(given.target)):
            (kept / f"seed{number}").write_bytes(data)
        options = [str(kept), f"-max_len={given.length}", "-timeout=0", "-rss_limit_mb=2048"]
        atheris.Setup(
            [sys.argv[0], *options, "-verbosity=0", f"-seed={given.seed or 1}"],
            one,
            custom_mutator=change,
        )
        atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
