"""The pytest plugin that the suites run on: options, the `judges` marker, fixtures, outcomes.

Load it with `-p bookings_contract.plugin`. All state is in the config's stash, so that a run may
stand inside another.
"""

pytest_plugins = [f"{__name__}.{part}" for part in ("options", "selection", "outcomes", "fixtures")]
