"""The worlds that there are: listed, and dropped by name."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call, NotThere
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.handler import Handler


async def listed(call: Call) -> Any:
    """The worlds by when they were last used, and how many gave way to others."""
    worlds = call.mock.worlds
    return {
        "limit": worlds.limit,
        "worlds": [_shown(call, name) for name in worlds.names()],
        "gaveWay": {"count": worlds.gave_way, "latest": list(worlds.latest_gone)},
    }


async def drop(call: Call) -> Any:
    """Forget a world that there is."""
    name = call.path["name"]
    if call.mock.worlds.known(name) is None:
        raise NotThere(f"there is no world {name}")
    call.mock.worlds.drop(name)
    return {}


def _shown(call: Call, name: str) -> dict[str, Any]:
    worlds = call.mock.worlds
    shared = worlds.shared(name)
    return {
        "name": name,
        "now": rfc3339(shared.clock()),
        "bookings": sum(world.size for world in worlds.sites(name).values()),
        "snapshots": len(shared.snapshots),
        "requests": shared.noted,
    }


OPERATIONS: Mapping[str, Handler] = {"mockWorlds": listed, "mockDropWorld": drop}
