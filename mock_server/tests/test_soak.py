"""Twenty thousand mixed requests, in process: none fails, and what they leave holds together.

The traffic is that of `benchmarks/soak.py`, which sends a million of them to a mock on a port.
"""

import importlib.util
import sys
from collections import Counter
from pathlib import Path

import httpx
import pytest

from bookings_mock.app import build
from bookings_mock.inprocess import transport

REQUESTS, PARTS = 20_000, 4
PLACE = Path(__file__).parents[2] / "benchmarks" / "traffic.py"
pytestmark = pytest.mark.skipif(not PLACE.exists(), reason="the benchmarks are not shipped")


def _loaded():
    spec = importlib.util.spec_from_file_location("traffic", PLACE)
    sys.modules["traffic"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", range(PARTS))
def test_no_mixed_request_fails_and_every_world_holds_together(seed):
    benchmark = _loaded()
    built = build()
    with httpx.Client(transport=transport(built.app), base_url="http://127.0.0.1") as client:
        traffic = benchmark.Traffic(client.get("/_mock/site").json(), seed)
        statuses = Counter()
        for _ in range(REQUESTS // PARTS):
            request = traffic.next()
            answer = client.request(
                request.method,
                request.path,
                content=request.body,
                headers={"authorization": request.token, "content-type": request.media_type},
            )
            assert answer.status_code < 500, (request, answer.text)
            statuses[answer.status_code] += 1
            if answer.status_code == 200:
                request.learn(200, answer.json())

        def ask(method, path, body, token):
            answer = client.request(method, path, json=body, headers={"authorization": token})
            assert answer.status_code == 200, answer.text
            return answer.json()

        for world in traffic.worlds:
            assert list(benchmark.breaches(ask, world)) == []
    # Most of it is traffic as it should be, and everything that can be refused was.
    assert statuses[200] > REQUESTS / PARTS / 2
    assert statuses.keys() >= {400, 401, 403, 404, 405, 409, 415, 428}
    _require_bounded(built.mock, traffic)


def _require_bounded(mock, traffic):
    assert len(mock.worlds.names()) <= len(traffic.worlds) + 1
    for name in mock.worlds.names():
        assert len(mock.worlds.shared(name).journal) <= mock.journal_limit
        # What is made in bulk may come on top of what fills a world.
        held = mock.worlds.get("studio", name)
        assert sum(1 for _ in held.bookings()) < 2 * 300
