"""Worlds as JSON and back: what a saved state holds beyond the keys of its site file.

Every value says what it is, so that whatever a world comes to hold is saved without a word here.
What follows from the rest is not saved but made again. Only values of the domain and of the worlds
themselves are made from a file, and only whole worlds: what loads can be answered and moved.
"""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from bookings_mock.callers import is_world_name
from bookings_mock.domain.times import rfc3339
from bookings_mock.mock import Mock
from bookings_mock.saved.kinds import fits
from bookings_mock.saved.reader import Reader
from bookings_mock.saved.rehearsal import Rehearsal
from bookings_mock.saved.whole import whole
from bookings_mock.saved.writer import Writer
from bookings_mock.shared import Snapshot
from bookings_mock.site import SiteError
from bookings_mock.version import VERSION
from bookings_mock.world import follows

# What is written, and all that can be read: form 1 also said what follows from the rest.
FORM, READ = 2, (1, 2)
_UNREADABLE = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError)


def state(mock: Mock) -> dict[str, Any]:
    """The site file that the mock serves, with all that has happened in its worlds."""
    worlds = {name: _world(mock, name) for name in mock.worlds.names()}
    return {
        **mock.home,
        "product": "bookings-mock",
        "version": VERSION,
        "site": {**mock.home["site"], "now": rfc3339(mock.clock())},
        "world": {"form": FORM, "worlds": worlds},
    }


def restore(mock: Mock, saved: Mapping[str, Any], rehearsal: Rehearsal) -> None:
    """Fill the worlds of a mock as they were saved; raises SiteError that names the place.

    `rehearsal` asks each for all that there is: nothing is restored that could not be answered.
    """
    if saved.get("form") not in READ or not isinstance(saved.get("worlds"), dict):
        raise SiteError(f"world: not saved by this version, which reads the forms {READ}")
    held, most = len(saved["worlds"]), mock.worlds.limit
    if held > most:
        raise SiteError(
            f"world: holds {held} worlds and there can be {most}: start with --max-worlds {held}"
        )
    for name, one in saved["worlds"].items():
        place = f"world.worlds.{name[:64]}"
        reader = Reader(place, mock.clock)
        try:
            _restore(mock, name, reader.read(one, ""), rehearsal)
        except _UNREADABLE as error:
            if isinstance(error, SiteError):
                raise SiteError(
                    str(error) if str(error).startswith(place) else f"{place}: {error}"
                ) from None
            raise SiteError(f"{place}{reader.at}: can't be read: {repr(error)[:300]}") from error


def _restore(mock: Mock, name: str, content: Any, rehearsal: Rehearsal) -> None:
    now, kept = content["now"], content["snapshots"]
    if not is_world_name(name):
        raise SiteError("no world can have this name")
    if not fits(now, Snapshot) or not fits(kept, list[Snapshot]):
        raise SiteError("now and snapshots: are not what a world was")
    if len(kept) > mock.snapshot_limit or len({one.name for one in kept}) < len(kept):
        raise SiteError(f"snapshots: at most {mock.snapshot_limit}, each with a name of its own")
    now, *kept = [whole(mock, name, one, rehearsal) for one in (now, *kept)]
    mock.worlds.restore(name, now)
    mock.worlds.shared(name).snapshots = {one.name: one for one in kept}


def _world(mock: Mock, name: str) -> Any:
    now, kept = mock.worlds.snapshot(name, name), mock.worlds.shared(name).snapshots
    written = [_essence(one) for one in (now, *kept.values())]
    return Writer().write({"now": written[0], "snapshots": written[1:]})


def _essence(snapshot: Snapshot) -> Snapshot:
    """The snapshot without what follows from the rest."""
    return evolve(
        snapshot,
        sites={
            site: {key: value for key, value in held.items() if not follows(key)}
            for site, held in snapshot.sites.items()
        },
    )
