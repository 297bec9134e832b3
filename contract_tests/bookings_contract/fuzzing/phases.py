"""The ways in which an operation is fuzzed: its corners, whatever fits, and calls in a row.

Each ends when its cases are through or its time is, whichever comes first. Which cases these are
depends on the seed and the operation alone.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import given, reject, seed
from hypothesis.errors import Flaky, Unsatisfiable
from schemathesis import GenerationMode, Response

from bookings_contract.fuzzing.cases import AnyCase, Cases, hypothesis_settings
from bookings_contract.fuzzing.examiner import Breach, Examiner, PassedOver
from bookings_contract.fuzzing.repeatable import without_literals


def corners(cases: Cases, examiner: Examiner, name: str, most: int, number: str) -> None:
    """The document's examples, and each keyword at and beyond its bounds."""
    with without_literals():
        found = [*cases.examples(name), *cases.corners(name, most, number)]
    for case in found:
        with suppress(PassedOver):
            examiner.examine(case)


def surprises(cases: Cases, examiner: Examiner, name: str, most: int, number: int) -> None:
    """Bodies and parameters of any value: two thirds of them valid, the rest not."""
    for mode, share in ((GenerationMode.POSITIVE, 2), (GenerationMode.NEGATIVE, 1)):
        strategy = cases.operations[name].as_strategy(generation_mode=mode)

        @seed(number)
        @hypothesis_settings(max(1, most * share // 3))
        @given(strategy)
        def run(case: AnyCase) -> None:
            _examined(examiner, case)

        _hunted(examiner, run)


def chains(cases: Cases, examiner: Examiner, most: int, steps: int, number: int) -> None:
    """Calls that follow from each other by the document's links."""
    if not most:
        return  # To know what follows from what takes seconds.

    class Chain(cases.schema.as_state_machine()):  # type: ignore[misc]
        def step(self, input: Any) -> Any:
            self.linked = input.transition is not None and input.is_applied
            return super().step(input)

        def call(self, case: AnyCase, **kwargs: Any) -> Response:
            return _examined(examiner, case, self.linked)

        def validate_response(self, response: Response, case: AnyCase, **kwargs: Any) -> None:
            """The examiner has judged the answer already."""

    def run() -> None:
        seed(number)(Chain).run(settings=hypothesis_settings(most, steps))

    _hunted(examiner, run)


def _examined(examiner: Examiner, case: AnyCase, linked: bool = False) -> Response:
    """The answer to a case; one without an answer to look at is no case."""
    try:
        return examiner.examine(case, linked)
    except PassedOver:
        reject()


def _hunted(examiner: Examiner, run: Callable[[], None]) -> None:
    """Runs until nothing new turns up; each breach is tried again by smaller and smaller cases."""
    examiner.raising = True
    while True:
        try:
            with without_literals():
                run()
        except (Breach, Flaky, BaseExceptionGroup):
            if examiner.new():
                continue
        except Unsatisfiable:
            pass
        return
