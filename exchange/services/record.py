"""A record is a shape with named fields: a dataclass or a TypedDict, which travels as a dict."""

from __future__ import annotations

from typing import Any, NamedTuple

from exchange.services.shapes import Misfit, Shape, name_of

ABSENT = object()
"""The default of a field that has none, or none that can be told."""


class RecordField(NamedTuple):
    """One field of a record."""

    shape: Shape
    required: bool
    default: Any


class Record(Shape):
    """A dict with these keys, or an instance of the class itself.

    Attributes:
        fields: By their names; filled in after the record is made, for it may contain itself.

    Args:
        kind: Is called with the fields to make what the annotation wants.
    """

    def __init__(self, kind: type, text: str, documentation: str) -> None:
        self.text = text
        self.documentation = documentation
        self.fields: dict[str, RecordField] = {}
        self.is_made = not issubclass(kind, dict)
        self._kind = kind

    def fit(self, value: Any) -> Any:
        """Return an instance made of the dict, each field fitted."""
        if self.is_made and isinstance(value, self._kind):
            return value
        if not isinstance(value, dict):
            raise Misfit(f"must be {self.text}, not {name_of(value)}")
        self._check_names(value)
        return self._make({name: self._fit_field(name, item) for name, item in value.items()})

    def rebuild(self, value: Any) -> Any:
        """Return an instance made of the dict, with those in its fields; a typed dict with those in it."""
        if type(value) is not dict:
            return value
        if self.is_made:
            self._check_names(value)
        fields = {name: self._rebuild_field(name, item) for name, item in value.items()}
        return self._make(fields) if self.is_made else fields

    def may_be(self, value: Any) -> bool:
        """Whether it is a dict of such fields."""
        if not isinstance(value, dict) or not value.keys() <= self.fields.keys():
            return False
        return all(name in value for name, field in self.fields.items() if field.required)

    def _make(self, fields: dict[str, Any]) -> Any:
        try:
            return self._kind(**fields)
        except Exception as error:
            raise Misfit(f"cannot be {self.text}: {error or type(error).__name__}") from None

    def _check_names(self, value: dict[Any, Any]) -> None:
        known = ", ".join(self.fields) or "none"
        for name in value:
            if name not in self.fields:
                raise Misfit(f"is no field of {self.text}; there is {known}", f".{name}")
        for name, field in self.fields.items():
            if field.required and name not in value:
                raise Misfit(f"is missing; it must be {field.shape.text}", f".{name}")

    def _fit_field(self, name: str, value: Any) -> Any:
        try:
            return self.fields[name].shape.fit(value)
        except Misfit as misfit:
            raise Misfit(misfit.problem, f".{name}{misfit.path}") from None

    def _rebuild_field(self, name: str, value: Any) -> Any:
        if name not in self.fields:  # of a typed dict, whose names nobody checks
            return value
        try:
            return self.fields[name].shape.rebuild(value)
        except Misfit as misfit:
            raise Misfit(misfit.problem, f".{name}{misfit.path}") from None
