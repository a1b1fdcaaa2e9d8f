"""How many cases the laws of the tracker are tried on: a few dozen each here, as many as one likes with a profile.

`pytest tests/tracker --hypothesis-profile=tracker-fuzz` tries tens of thousands of each.
"""

from hypothesis import HealthCheck, settings

_SLOW_MACHINES = (HealthCheck.too_slow,)
settings.register_profile("tracker", deadline=None, max_examples=25, suppress_health_check=_SLOW_MACHINES)
settings.register_profile("tracker-fuzz", deadline=None, max_examples=20_000, suppress_health_check=_SLOW_MACHINES)
if settings.get_current_profile_name() == "default":
    settings.load_profile("tracker")
