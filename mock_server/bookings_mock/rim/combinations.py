"""Boils down what a validator says of combined schemas: one mistake, one error.

A value that is wrong in one of several forms is wrong in all of them, and a field that is wrong
makes the object around it fit none of its forms. The form that came nearest tells what to mend.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen
from jsonschema_rs import ValidationError

# A schema that puts several others to choose from.
_CHOICES = ("anyOf", "oneOf")
# A form that fails by these at the value itself is meant for another kind of value.
_OF_ANOTHER_KIND = ("type", "enum")


@frozen
class Fault:
    """One error.

    `names` are the fields one of which was to be there, `present` those that are; `forms` says in
    words what there is to choose from otherwise, `lacking` what the nearest of these still needs.
    """

    error: ValidationError
    names: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


def boiled_down(errors: Iterable[ValidationError], schema: Mapping[str, Any]) -> list[Fault]:
    """The errors of a validator made from `schema`, none said twice."""
    faults = [fault for error in errors for fault in _nearest(error, schema)]
    wrong = [tuple(f.error.instance_path) for f in faults if not f.names]
    return [fault for fault in faults if not _caused_by(fault, wrong)]


def _nearest(error: ValidationError, schema: Mapping[str, Any]) -> Iterator[Fault]:
    """The error, or what is wrong by the only form that the value can have been meant for."""
    if error.kind.name == "not":
        excluded = tuple(schema_at(error.schema_path, schema).get("required", ()))
        yield Fault(error, excluded, excluded)
        return
    if error.kind.name not in _CHOICES:
        yield Fault(error)
        return
    meant = [
        form for form in error.kind.as_dict()["context"] if form and not _elsewhere(form, error)
    ]
    if len(meant) == 1 and not _names(error, schema):
        for inner in meant[0]:
            yield from _nearest(inner, schema)
        return
    names, forms = _names(error, schema), schema_at(error.schema_path, schema)
    present = tuple(name for name in names if _is_there(error.instance, name))
    said = tuple(dict.fromkeys(map(_in_words, forms)))
    yield Fault(error, names, present, said, _lacking(error.instance, forms))


def _elsewhere(form: Sequence[ValidationError], error: ValidationError) -> bool:
    here = list(error.instance_path)
    return any(
        one.kind.name in _OF_ANOTHER_KIND and list(one.instance_path) == here for one in form
    )


def _caused_by(fault: Fault, wrong: Iterable[tuple[str | int, ...]]) -> bool:
    """Whether one of the fields that were to be there is, and is wrong itself."""
    here = tuple(fault.error.instance_path)
    fields = {(*here, name) for name in fault.names}
    return any(path[: len(here) + 1] in fields for path in wrong)


def _names(error: ValidationError, schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that the forms ask for, where each of them asks for one field."""
    forms = schema_at(error.schema_path, schema)
    asked = [form.get("required", ()) for form in forms if not form.get("x-tolerated")]
    single = all(len(names) == 1 for names in asked)
    return tuple(name for names in asked for name in names) if single else ()


def _in_words(form: Mapping[str, Any]) -> str:
    """A form as a reader of an error knows it: its values, its fields, or its type."""
    if "enum" in form:
        return " or ".join("null" if value is None else str(value) for value in form["enum"])
    if fields := dict.fromkeys([*form.get("required", ()), *form.get("properties", ())]):
        inner = form.get("properties", {})
        return f"{{{', '.join(_inwards(name, inner.get(name)) for name in fields)}}}"
    return str(form.get("type", "anything"))


def _inwards(name: str, schema: Mapping[str, Any] | None) -> str:
    """A field by its name, and on to the one field in it that is asked for."""
    asked = (schema or {}).get("required", ())
    if schema is None or len(asked) != 1:
        return name
    return f"{name}.{_inwards(asked[0], schema.get('properties', {}).get(asked[0]))}"


def _lacking(value: Any, forms: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """What the form needs besides of which most is there; nothing where none of any is."""
    asked = [form.get("required", ()) for form in forms]
    begun = [names for names in asked if any(_is_there(value, name) for name in names)]
    missing = [tuple(name for name in names if not _is_there(value, name)) for names in begun]
    return min(filter(None, missing), key=len, default=())


def _is_there(value: Any, name: str) -> bool:
    return isinstance(value, Mapping) and value.get(name) is not None


def schema_at(path: Iterable[str | int], schema: Any) -> Any:
    """What stands at the end of a path into a schema."""
    for step in path:
        schema = schema[step]
    return schema
