"""What a server answers, with values of other types than they should have: any, at any place."""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import httpx

Place = tuple[Any, ...]

# What may stand in the place of a value; each is made anew.
INSTEAD: tuple[Callable[[Any], Any], ...] = (
    lambda was: None,
    lambda was: 2**70,
    lambda was: -1.5,
    lambda was: True,
    lambda was: "",
    lambda was: "no such \ud800 word",
    lambda was: "0000-00-00T99:99:99Z",
    lambda was: [],
    lambda was: {},
    lambda was: [was],
    lambda was: {"value": was},
    lambda was: str(was),
    lambda was: [[[[[[[[{"deeper": was}]]]]]]]],
    lambda was: [None, 1, "two", {}],
    lambda was: {"": {"\udc00": was}},
)


def places(node: Any, at: Place = ()) -> Iterator[Place]:
    """Every place in a document, itself among them."""
    yield at
    inner = node.items() if isinstance(node, dict) else ()
    for key, part in enumerate(node) if isinstance(node, list) else inner:
        yield from places(part, (*at, key))


def with_value(node: Any, at: Place, make: Callable[[Any], Any]) -> Any:
    """The document with another value there."""
    if not at:
        return make(node)
    first, *rest = at
    changed = with_value(node[first], tuple(rest), make)
    if isinstance(node, dict):
        return {**node, first: changed}
    return [*node[:first], changed, *node[first + 1 :]]


class Scrambled(httpx.BaseTransport):
    """A way to a server on which some answers get a value of another type."""

    def __init__(self, own: httpx.BaseTransport, seed: int, share: float = 0.3) -> None:
        self._own, self._random, self._share = own, Random(seed), share

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._own.handle_request(request)
        if self._random.random() > self._share or request.url.path == "/_mock/reset":
            return answer
        try:
            body = json.loads(answer.read())
        except ValueError:
            return answer
        at = self._random.choice(list(places(body)))
        wrong = with_value(body, at, self._random.choice(INSTEAD))
        kept = {k: v for k, v in answer.headers.items() if k != "content-length"}
        return httpx.Response(answer.status_code, headers=kept, content=json.dumps(wrong))
