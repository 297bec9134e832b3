"""Prices: so many times what one costs, and none of what is nothing or for nobody."""

from decimal import Decimal
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.calls import KINDS, reached, unknown_id
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.scenario import Scenario

PREVIEW, CALCULATE = "previewPrice", "calculatePrice"


def _line(service_id: str, number: int | None) -> dict[str, Any]:
    counted = {} if number is None else {"numberOfParticipants": number}
    return {"serviceId": service_id, **counted}


def _preview(client: Client, *lines: dict[str, Any]) -> Answer:
    return client.call(PREVIEW, body={"bookingLineItems": list(lines)})


def _price(answer: Answer) -> Decimal:
    price = answer.at("priceInfo").get("calculatedPrice")
    if price is None:
        raise NotJudged("the service has no price in numbers")
    return Decimal(str(price))


@pytest.mark.judges("PRICING-1")
@pytest.mark.parametrize("kind", KINDS)
def test_several_cost_so_many_times_what_one_costs(kind: str, scenario: Scenario) -> None:
    service = scenario.given.service(kind, variants=False)
    one = _price(reached(_preview(scenario.client, _line(service.id, 1))))
    answer = reached(_preview(scenario.client, _line(service.id, 3)))
    scenario.expect.equal(
        "PRICING-1", _price(answer), 3 * one, of="price of three", circumstance=kind, at=answer
    )
    entity = {"schedule" if kind == "course" else "slot": {"serviceId": service.id}}
    booking = {"bookedEntity": entity, "totalParticipants": 1}
    same = reached(scenario.client.call(CALCULATE, body={"booking": booking}))
    scenario.expect.equal(
        "PRICING-1", _price(same), one, of="price of a booking", circumstance=kind, at=same
    )


@pytest.mark.judges("PRICING-1")
def test_a_fixed_price_is_the_one_that_the_service_shows(scenario: Scenario) -> None:
    for service in scenario.given.client.target.all_services(variants=False):
        path = {"serviceId": service.id}
        shown = reached(scenario.client.call("getService", path=path)).at("service")
        payment = shown.get("payment") or {}
        value = ((payment.get("fixed") or {}).get("price") or {}).get("value")
        if payment.get("rateType") == "FIXED" and value is not None:
            answer = reached(_preview(scenario.client, _line(service.id, 1)))
            scenario.expect.equal(
                "PRICING-1", _price(answer), Decimal(value), of="price", circumstance="shown"
            )
            return
    raise NotReached("no service shows a fixed price")


@pytest.mark.judges("PRICING-1")
def test_there_is_no_price_of_nothing_or_for_nobody(scenario: Scenario) -> None:
    one, other = scenario.given.service("class"), scenario.given.service("appointment")
    reached(_preview(scenario.client, _line(one.id, 1)))
    unknown = _preview(scenario.client, _line(unknown_id(scenario.given), 1))
    scenario.expect.refused(unknown, "PRICING-1", "unknown", circumstance="an unknown service")
    nobody = _preview(scenario.client, _line(one.id, None))
    scenario.expect.refused(nobody, "PRICING-1", "participants", circumstance="no number")
    both = _preview(scenario.client, _line(one.id, 1), _line(other.id, 1))
    scenario.expect.refused(both, "PRICING-1", "service", circumstance="two services")
    booking = {"totalParticipants": 1}
    nothing = scenario.client.call(CALCULATE, body={"booking": booking})
    scenario.expect.refused(nothing, "PRICING-1", "booking", circumstance="a booking of nothing")
