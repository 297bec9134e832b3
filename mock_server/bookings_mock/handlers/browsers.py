"""The script by which a page of somebody else's reaches the mock instead of the API."""

from collections.abc import Iterator, Mapping
from typing import Any

from bookings_mock import pages
from bookings_mock.address import hosts
from bookings_mock.call import Call
from bookings_mock.callers import DEFAULT_WORLD
from bookings_mock.handlers.handler import Handler


async def redirect_script(call: Call) -> Any:
    """A script that sends to the mock what a page asks of the API's hosts."""
    document, name = call.mock.document, call.world.name
    settings = {
        "mock": call.base_url,
        "hosts": hosts(document),
        "world": None if name == DEFAULT_WORLD else name,
        "tokenPaths": list(_told_the_world(document)),
    }
    return pages.script("redirect.js", settings)


def _told_the_world(document: Mapping[str, Any]) -> Iterator[str]:
    """The paths of the operations that take the world as a parameter: tokens are got there."""
    known = document["components"]["parameters"]
    for path, item in document["paths"].items():
        for operation in (one for one in item.values() if isinstance(one, Mapping)):
            listed = operation.get("parameters", ())
            refs = (known[one["$ref"].rpartition("/")[2]] for one in listed if "$ref" in one)
            if any((one["in"], one["name"]) == ("query", "world") for one in refs):
                yield from (path, *item.get("x-aliases", ()))


OPERATIONS: Mapping[str, Handler] = {"mockRedirectScript": redirect_script}
