"""What columns hold（列值）: records as rows and rows as records, each step settled once for a model, not once a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Field, ForeignKey, Model
from django.db.models.base import ModelState

from zhengtong.apps.people.fields import EncryptedText

Record = TypeVar("Record", bound=Model)
Convert = Callable[[Any], Any]
_encode = msgspec.json.Encoder().encode

#: what either database stores as it is, and what only PostgreSQL does
_PLAIN: Mapping[type, frozenset[str]] = {
    **dict.fromkeys(
        (
            *(models.CharField, models.TextField, models.BooleanField, models.IntegerField, models.BigIntegerField),
            *(models.PositiveIntegerField, models.PositiveSmallIntegerField, models.PositiveBigIntegerField),
            *(models.AutoField, models.BigAutoField),
        ),
        frozenset({"postgresql", "sqlite"}),
    ),
    **dict.fromkeys((models.DateField, models.UUIDField), frozenset({"postgresql"})),
}


def new(model: type[Record], **values: Any) -> Record:
    """Return the record `model(**values)` makes, without the signals nobody here listens to; columns by attribute name."""
    constants, made = _defaults_of(model)
    if unknown := values.keys() - constants.keys() - made.keys():
        raise TypeError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    record = model.__new__(model)
    record._state = ModelState()
    record.__dict__.update(constants)
    for name, make in made.items():
        if name not in values:
            record.__dict__[name] = make()
    record.__dict__.update(values)
    return record


@dataclass(frozen=True)
class Writing:
    """How records become rows of some columns: the attributes in order, and by place what makes a value storable."""

    names: tuple[str, ...]
    preparing: Mapping[int, Convert]

    def values_of(self, record: Model) -> list[Any]:
        """Return the values of a record as the database stores them."""
        held = record.__dict__
        values = [held[name] for name in self.names]
        for place, prepare in self.preparing.items():
            values[place] = prepare(values[place])
        return values


def writing_of(fields: Sequence[Field[Any, Any]]) -> Writing:
    """Return how records become rows of these columns."""
    needed = ((place, preparing(field)) for place, field in enumerate(fields))
    return Writing(
        tuple(field.attname for field in fields), {place: prepare for place, prepare in needed if prepare is not None}
    )


def values_of(record: Model, fields: Sequence[Field[Any, Any]]) -> list[Any]:
    """Return the values of a record as the database stores them."""
    return writing_of(fields).values_of(record)


def preparing(field: Field[Any, Any]) -> Convert | None:
    """Return what makes a column's Python value storable, None where it is already."""
    database = connections[DEFAULT_DB_ALIAS]
    stored = field.target_field if isinstance(field, ForeignKey) else field
    if database.vendor in _PLAIN.get(type(stored), ()):
        return None
    if isinstance(stored, EncryptedText):
        return stored.get_prep_value
    if database.vendor == "postgresql" and isinstance(stored, models.DateTimeField):
        return _instant
    if database.vendor == "postgresql" and isinstance(stored, models.JSONField) and stored.encoder is None:
        return lambda value: None if value is None else _encode(value).decode()
    return lambda value: field.get_db_prep_save(value, database)


def to_records(model: type[Record], rows: Iterable[Sequence[Any]]) -> list[Record]:
    """Return records as Django loads them, of rows of all their columns in order."""
    database = connections[DEFAULT_DB_ALIAS]
    return [_record_of(model, row, database) for row in rows]


def _record_of(model: type[Record], row: Sequence[Any], database: Any) -> Record:
    names, converters = _reading_of(model, database.vendor)
    values = list(row)
    for place, expression, chain in converters:
        for convert in chain:
            values[place] = convert(values[place], expression, database)
    record = model.__new__(model)
    record._state = ModelState()
    record._state.adding, record._state.db = False, DEFAULT_DB_ALIAS
    record.__dict__.update(zip(names, values, strict=True))
    return record


def written_fields(model: type[Model]) -> list[Field[Any, Any]]:
    """Return the columns an insert names: all but a key the database gives."""
    return [field for field in model._meta.concrete_fields if not (field.primary_key and field.db_returning)]


def _instant(value: dt.datetime | None) -> dt.datetime | None:
    """Return an instant as it is; one without a zone would be taken for another."""
    if value is not None and value.tzinfo is None:
        raise TypeError(f"an instant without its zone: {value}")
    return value


@lru_cache(maxsize=128)
def _defaults_of(model: type[Model]) -> tuple[dict[str, Any], dict[str, Callable[[], Any]]]:
    """Return the defaults that are always the same, and what makes the others."""
    fields = model._meta.concrete_fields
    made = {field.attname: field.default for field in fields if field.has_default() and callable(field.default)}
    return {field.attname: field.get_default() for field in fields if field.attname not in made}, made


@lru_cache(maxsize=128)
def _reading_of(model: type[Model], vendor: str) -> tuple[list[str], list[tuple[int, Any, Sequence[Any]]]]:  # noqa: ARG001
    database = connections[DEFAULT_DB_ALIAS]
    converters: list[tuple[int, Any, Sequence[Any]]] = []
    for place, field in enumerate(model._meta.concrete_fields):
        expression = field.cached_col
        chain = [*database.ops.get_db_converters(expression), *field.get_db_converters(database)]
        if chain:
            converters.append((place, expression, chain))
    return [field.attname for field in model._meta.concrete_fields], converters
