"""Does a client that fails leave nothing behind, which a later cluster would wait for?"""

import gc

import pytest

from rfcalc.clients import connect
from rfcalc.errors import fail

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("default")


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:1", "nosuch://127.0.0.1:8786", "tcp://127.0.0.1:many"]
)
def test_no_client_outlives_its_failure(address):
    gc.collect()
    gc.disable()
    try:
        with pytest.raises(Exception, match="RF414") as caught:
            connect(address, 0.5, "", lambda fault: fail("RF414", str(fault), "give another"))
        assert not [one for one in gc.get_objects() if type(one) is distributed.Client]
    finally:
        gc.enable()
    assert caught.value.__context__ is None
