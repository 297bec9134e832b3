"""Snapshots of a world: made, listed, restored, branched into another world, dropped."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call, NotThere
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.handler import Handler
from bookings_mock.shared import Snapshot


async def make(call: Call) -> Any:
    """Keep the world as it is now; a name that is taken gets the new one."""
    kept, name = call.world.shared.snapshots, call.body["name"]
    if name not in kept and len(kept) >= call.mock.snapshot_limit:
        reason = f"a world keeps {call.mock.snapshot_limit} snapshots: drop one first"
        raise RuleBroken("SHAPE-3", reason, field="name")
    call.mock.worlds.keep(call.world.name)
    kept[name] = call.mock.worlds.snapshot(call.world.name, name)
    return {"snapshot": _shown(kept[name])}


async def listed(call: Call) -> Any:
    """The snapshots of the world, in the order in which they were first made."""
    return {"snapshots": [_shown(one) for one in call.world.shared.snapshots.values()]}


async def use(call: Call) -> Any:
    """Put the world back to what it was, or begin another world with that."""
    snapshot, worlds = _named(call), call.mock.worlds
    branch = call.body.get("branch")
    if branch is not None and worlds.known(branch):
        reason = f"there is a world {branch} already: reset it first"
        raise RuleBroken("SHAPE-3", reason, field="branch")
    worlds.restore(branch or call.world.name, snapshot)
    return {"world": branch or call.world.name, "snapshot": _shown(snapshot)}


async def drop(call: Call) -> Any:
    """Forget a snapshot."""
    del call.world.shared.snapshots[_named(call).name]
    return {}


def _named(call: Call) -> Snapshot:
    name = call.path["name"]
    found = call.world.shared.snapshots.get(name)
    if found is None:
        raise NotThere(f"the world {call.world.name} has no snapshot {name[:64]}")
    return found


def _shown(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "name": snapshot.name,
        "time": rfc3339(snapshot.made),
        "bookings": sum(len(held["_bookings"]) for held in snapshot.sites.values()),
    }


OPERATIONS: Mapping[str, Handler] = {
    "mockMakeSnapshot": make,
    "mockSnapshots": listed,
    "mockUseSnapshot": use,
    "mockDropSnapshot": drop,
}
