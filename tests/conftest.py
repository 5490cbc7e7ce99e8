"""How do the tests search? The same examples on every run, without a deadline per example."""

import os

from hypothesis import HealthCheck, settings

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
