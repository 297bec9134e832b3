"""A mock starts light: of its document it compiles what is asked for, and all of it can be."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import bookings_openapi
from bookings_mock import app
from bookings_mock.call import Call
from bookings_mock.rim import shapes
from bookings_mock.rim.contract import contract
from bookings_mock.rim.middleware import METHODS
from bookings_mock.rim.operations import compile_operation
from bookings_mock.rim.shapes import Shape, Shapes


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is compiled from now on, in mocks that share nothing with those before."""
    roots: list[Any] = []
    compiled = shapes.compiled
    monkeypatch.setattr(app, "_contract", app._contract.__wrapped__)
    monkeypatch.setattr(shapes, "compiled", lambda root: roots.append(root) or compiled(root))
    return roots


def test_an_operation_is_compiled_when_it_is_first_called(
    compilations: list[Any], serve: Callable[..., Any]
) -> None:
    api = serve()
    asked = len(compilations)
    assert asked < 5
    api.booked()
    called = len(compilations)
    assert asked < called < 10
    api.booked()
    assert len(compilations) == called


async def _nothing(call: Call) -> Any:
    """Stands for any handler."""


def _shapes() -> Iterator[tuple[str, Shape]]:
    """Every shape of every operation, by the operation's id."""
    whole = contract(bookings_openapi.load(), bookings_openapi.rules())
    made = Shapes(whole.schemas["components"], most=1)
    for path, item in whole.document["paths"].items():
        for method in item.keys() & set(METHODS):
            declared = whole.operation(path, method)
            operation = compile_operation(declared, _nothing, made, whole.bounds)
            parameters = [parameter.shape for parameter in operation.parameters]
            for shape in (*operation.answers.values(), *parameters, operation.body):
                if shape:
                    yield operation.id, shape


def _problem(shape: Shape) -> str | None:
    try:
        shape.violations({})
    except ValueError as error:
        return str(error)
    return None


def test_every_operation_can_be_compiled() -> None:
    found = [(operation, _problem(shape)) for operation, shape in _shapes()]
    assert len({operation for operation, _ in found}) > 50
    assert [one for one in found if one[1]] == []


def test_a_schema_that_cannot_be_compiled_does_not_stay_unnoticed() -> None:
    assert _problem(Shapes({}, most=1).of({"type": "thing"}))
