"""Where the cases come from: the document as Schemathesis reads it, and its settings.

It knows nothing of targets or of answers.
"""

import copy
import random
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import schemathesis
from attrs import frozen
from hypothesis import HealthCheck, Phase, Verbosity, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.generation.coverage import GenerationSession
from schemathesis.schemas import APIOperation, BaseSchema

import bookings_openapi
from bookings_contract.findings.operations import operations
from bookings_contract.testkit.folders import leave_no_folder_behind
from bookings_openapi.schemas import followed, ranged

AnyCase: TypeAlias = Case[Any]
AnyOperation: TypeAlias = APIOperation[Any, Any, Any, Any]

# Requests are put together for this address, and sent to the target's.
BASE = "http://target.test"
# The most items of a list whose bounds are a rule of their own.
ITEMS = 3


@frozen
class Cases:
    """What there is to send to the operations of the document."""

    schema: BaseSchema
    operations: Mapping[str, AnyOperation]
    # Fields of which at most one may be given: which one is settled after a body was made.
    exclusive: frozenset[frozenset[str]]

    @classmethod
    def load(cls, paths: str) -> "Cases":
        """Reads the document, with the paths that the target serves."""
        leave_no_folder_behind()
        document, exclusive = readable(paths)
        schema = schemathesis.openapi.from_dict(document)
        schema.config.update(base_url=BASE)
        # Tokens are the target's; whether one is needed is asked by the examiner.
        schema.config.generation.update(with_security_parameters=False)
        found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
        named = {str(one.definition.raw["operationId"]): one for one in found}
        return cls(schema, named, exclusive)

    def examples(self, name: str) -> Iterator[AnyCase]:
        """The document's own examples of an operation's request."""
        asked = self.operations[name]
        body = asked.definition.raw.get("requestBody")
        path = {one.name: one.definition["example"] for one in asked.path_parameters}
        for media, content in (body or {"content": {}})["content"].items():
            for example in content.get("examples", {}).values():
                yield asked.Case(
                    path_parameters=dict(path), body=example["value"], media_type=media
                )

    def corners(self, name: str, most: int, seed: str) -> list[AnyCase]:
        """Each keyword of the request's schema at and beyond its bounds, or a sample of that.

        What was made before is of no influence: a session of one's own has tried nothing yet.
        """
        found = list(
            self.schema.iter_coverage_cases(
                self.operations[name],
                generation_modes=list(GenerationMode),
                generation_config=self.schema.config.generation,
                session=GenerationSession(),
            )
        )
        method = self.operations[name].method.upper()
        usual = [index for index, case in enumerate(found) if case.method == method]
        left_out = max(0, len(found) - most)
        dropped = frozenset(random.Random(seed).sample(usual, min(left_out, len(usual))))
        return [case for index, case in enumerate(found) if index not in dropped]


def hypothesis_settings(examples: int, steps: int = 1) -> settings:
    """Quiet, without memory of other runs, and without a clock of its own."""
    return settings(
        max_examples=examples,
        stateful_step_count=max(2, steps),
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


def readable(paths: str) -> tuple[dict[str, Any], frozenset[frozenset[str]]]:
    """The document without what a generator can't cope with, and what was taken out.

    A schema that forbids two fields to stand together keeps the generator, which first tries all
    fields at once, busy for half a minute; long lists of whole bookings take nearly as long. How
    long a list may be is tried where that is a rule. An integer is made as large as its format
    allows; whoever takes a larger one is not accused of it.
    """
    document: dict[str, Any] = ranged(bookings_openapi.load(controls=False))
    document.pop("servers", None)
    exclusive: set[frozenset[str]] = set()
    seen: set[int] = set()
    for item in document["paths"].values():
        for part in item.values():
            if isinstance(part, dict) and "requestBody" in part:
                _loosen(document, part["requestBody"], exclusive, seen)
                _own_schemas(document, part)
    if paths == "sdk":
        moved = {one.path: one.sdk_path for one in operations().values()}
        document["paths"] = {
            moved.get(path, path): item for path, item in document["paths"].items()
        }
    return document, frozenset(exclusive)


def _own_schemas(document: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    """Gives a request a schema of its own, unlike any other, where operations share one.

    The generator takes equal schemas for one, and keeps in it the examples of the operation that it
    saw first; the other's cases would then be made of those.
    """
    for content in asked["requestBody"]["content"].values():
        own = copy.deepcopy(followed(document, content["schema"]))
        content["schema"] = {**own, "description": asked["operationId"]}


def _loosen(
    document: Mapping[str, Any], node: Any, exclusive: set[frozenset[str]], seen: set[int]
) -> None:
    if isinstance(node, list):
        for part in node:
            _loosen(document, part, exclusive, seen)
    if not isinstance(node, dict) or id(node) in seen:
        return
    seen.add(id(node))
    if "$ref" in node:
        _loosen(document, followed(document, node), exclusive, seen)
    if "x-rule" in node and node.get("maxItems", 0) > ITEMS:
        node["maxItems"] = ITEMS
    for keyword in ("oneOf", "not"):
        names = _excluded(node.get(keyword))
        if names:
            exclusive.add(names)
            del node[keyword]
    for key, part in node.items():
        if key not in ("example", "examples"):
            _loosen(document, part, exclusive, seen)


def _excluded(rule: object) -> frozenset[str]:
    """The fields that a keyword forbids to stand together, if that is what it does."""
    if isinstance(rule, dict):
        # The types of the fields may stand beside: a wrong type alone is no second form.
        alone = {"required"} <= rule.keys() <= {"type", "required", "properties"}
        together = alone and len(rule["required"]) > 1
        return frozenset(rule["required"]) if together else frozenset()
    if not isinstance(rule, list):
        return frozenset()
    required = [part.get("required", []) for part in rule if isinstance(part, dict)]
    single = len(required) == len(rule) and all(len(names) == 1 for names in required)
    return frozenset(names[0] for names in required) if single else frozenset()
