"""Where the paths lead: what no path could reach is no silent loss."""

import pytest

from bookings_mock.rim.routes import Routes


def test_one_place_whose_parameters_have_two_names_is_refused():
    routes: Routes[str] = Routes()
    routes.add("PUT", "/categories/{categoryId}", "update")
    with pytest.raises(ValueError, match="parameters of other names"):
        routes.add("DELETE", "/categories/{id}", "delete")


def test_places_that_differ_may_call_their_parameters_as_they_like():
    routes: Routes[str] = Routes()
    routes.add("GET", "/bookings/{token}", "read")
    routes.add("GET", "/bookings/{bookingId}/token", "get")
    routes.add("POST", "/bookings/{id}:confirm", "confirm")
    assert routes.find("/bookings/7") == ({"GET": "read"}, {"token": "7"})
    assert routes.find("/bookings/7/token") == ({"GET": "get"}, {"bookingId": "7"})
    assert routes.find("/bookings/7:confirm") == ({"POST": "confirm"}, {"id": "7"})
