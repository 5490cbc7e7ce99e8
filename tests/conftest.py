"""How do the tests search? The same examples on every run, without a deadline per example."""

import os
import signal
import threading
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, settings

from rfcalc.layers.base import stance_of
from tests.whole import LEFT_OUT, WHOLE

# Tests run side by side, on small arrays: threads of PyTorch's would wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile(
    "rfcalc",
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("explore", settings.get_profile("rfcalc"), derandomize=False)
settings.load_profile(os.environ.get("RFCALC_PROFILE", "rfcalc"))

# A run that was started in the background ignores Ctrl-C, and so would all that it starts.
if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    and threading.current_thread() is threading.main_thread()
):
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def uncached(monkeypatch):
    """Have layers worked out anew each time, for tests that break one to see it found."""
    monkeypatch.setattr("rfcalc.layers.window._known_stance", stance_of)


def pytest_addoption(parser):
    """Let a run leave out what another has passed."""
    parser.addoption(
        "--passed-in", metavar="FILE", help="Leave out the tests that a JUnit file tells as passed."
    )


def pytest_collection_modifyitems(config, items):
    """Leave out what runs only where everything is asked for, and what another run has passed."""
    for item in items:
        if not WHOLE and item.get_closest_marker("whole"):
            item.add_marker(pytest.mark.skip(reason=LEFT_OUT))
    if config.getoption("--passed-in"):
        passed = _passed(config.getoption("--passed-in"))
        held = [item for item in items if _told(item) in passed]
        config.hook.pytest_deselected(items=held)
        items[:] = [item for item in items if _told(item) not in passed]


def _told(item):
    """The name of a test as a JUnit file has it."""
    path, *names = item.nodeid.split("::")
    home = path.removesuffix(".py").replace("/", ".")
    return ".".join([home, *names[:-1]]), names[-1]


def _passed(path):
    cases = ElementTree.parse(path).getroot().iter("testcase")
    return {(case.get("classname"), case.get("name")) for case in cases if not len(case)}
