"""What was delivered of events, verified without a library; and a breach of it, told again."""

import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bookings_contract.embedded import embedded
from bookings_contract.replay.script import firmest
from bookings_contract.replay.signed import wrong_with
from bookings_contract.report.pytest import as_pytest
from bookings_contract.runner.judge import judge

OWN, FOREIGN = (generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
PEM = OWN.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
EVENT = {"id": "event-1", "entityFqdn": "wix.bookings.v2.booking", "slug": "created"}


def delivery(
    key: RSAPrivateKey | str = OWN,
    algorithm: str = "RS256",
    event_type: str = "wix.bookings.v2.booking_created",
    **claims: Any,
) -> dict[str, str]:
    """An event on its way."""
    message = {"eventType": event_type, "data": json.dumps(EVENT)}
    payload = {"data": json.dumps(message), **claims}
    return {"eventId": "event-1", "token": jwt.encode(payload, key, algorithm=algorithm)}


def test_what_the_sender_signed_is_right() -> None:
    assert not wrong_with(delivery(exp=int(time.time()) + 60), PEM)
    assert not wrong_with(delivery(), PEM)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (delivery(FOREIGN), "the key does not verify"),
        (delivery("secret" * 8, "HS256"), "not signed by RS256"),
        (delivery(exp=1), "expired"),
        (delivery(event_type="wix.bookings.v2.booking_updated"), "travels as"),
        ({**delivery(), "eventId": "event-2"}, "another event"),
        (delivery(data="no JSON"), "can't be read"),
        ({"eventId": "event-1", "token": "no token"}, "can't be read"),
        ({"eventId": "event-1"}, "can't be read"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_with_a_delivery_is_said(wrong: dict[str, str], said: str) -> None:
    assert said in wrong_with(wrong, PEM)


def test_a_word_that_was_changed_on_the_way_is_not_verified() -> None:
    head, _, signature = delivery()["token"].split(".")
    payload = delivery(sub="somebody")["token"].split(".")[1]
    changed = {"eventId": "event-1", "token": f"{head}.{payload}.{signature}"}
    assert "the key does not verify" in wrong_with(changed, PEM)


def test_a_wrong_signature_comes_again_and_its_written_test_asks_for_the_right_one() -> None:
    with embedded(("EVENT-3",)) as (target, transport):
        report = judge(target, rules=["EVENT-3"], transport=transport)
    told = firmest(report["EVENT-3"], target)
    assert told is not None
    assert told.finding.retold
    assert told.aside == "/_mock/webhooks"
    assert "assert not any(wrong), wrong" in as_pytest(told)
