"""Residents and legal entities are registered, one by one or by the hundred thousand."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction

from zhengtong.apps.people import keys
from zhengtong.apps.people.actions.rights import conflict, require
from zhengtong.apps.people.bulk import insert_rows
from zhengtong.apps.people.events import Event, announce
from zhengtong.apps.people.models import LegalEntity, Resident
from zhengtong.apps.people.particulars import to_subject
from zhengtong.apps.people.queries.subjects import resident_record
from zhengtong.apps.people.shapes import Actor, NewLegalEntity, NewResident, Subject
from zhengtong.kit import Refused
from zhengtong.kit.identifiers import parse_credit_code, parse_resident_id
from zhengtong.kit.text import normalise_name

T = TypeVar("T")
BATCH_ROWS = 2000
RESIDENT_COLUMNS = ("id", "key", "phone_key", "id_kind", "region_code", "particulars", "registered_at")
PARTICULARS = Resident._meta.get_field("particulars")


@transaction.atomic
def register_resident(
    *,
    name: str,
    id_number: str,
    region_code: str,
    address: str,
    by: Actor,
    at: dt.datetime,
    phone: str = "",
    id_kind: str = "resident-id",
    sex: str = "",
    born_on: dt.date | None = None,
) -> Subject:
    """Return the resident（自然人）registered; sex and date of birth come from a resident id, other kinds state them.

    Refused（409）when the number is registered, （422）when it does not hold.
    """
    require(by, "resident.register")
    new = NewResident(name, id_number, sex, born_on, region_code, address, phone, id_kind)
    key = _register([new], at)[0]
    resident = Resident.objects.get(key=key)
    subject = to_subject(resident)
    announce(Event("resident.registered", by, at, {"region": region_code}, (subject.key,), "登记人员", "Registered"))
    return subject


@transaction.atomic
def register_residents(*, residents: Iterable[NewResident], by: Actor, at: dt.datetime) -> int:
    """Return how many residents were registered, all or none, streamed; 100,000 take about six seconds on SQLite."""
    require(by, "resident.register")
    count = len(_register(residents, at))
    announce(Event("residents.registered", by, at, {"count": count}, (), f"登记人员 {count} 名", f"{count} registered"))
    return count


def _register(residents: Iterable[NewResident], at: dt.datetime) -> list[str]:
    """Return the keys of the residents written, all or none."""
    written: list[str] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        stored_at, is_hex_id = connection.ops.adapt_datetimefield_value(at), connection.vendor == "sqlite"
        for new in residents:
            row = _to_row(new, stored_at, is_hex_id)
            written.append(row[1])
            yield row

    try:
        with transaction.atomic():
            insert_rows(Resident._meta.db_table, RESIDENT_COLUMNS, rows())
    except IntegrityError:
        raise conflict(
            "people.resident.already-registered",
            "该证件号码的人员已登记。请查询现有登记，不要重复登记。",
            "A resident with this document number is registered already. Look up the present record instead.",
        ) from None
    return written


@transaction.atomic
def change_resident(
    *,
    resident_id: str,
    by: Actor,
    at: dt.datetime,
    phone: str | None = None,
    address: str | None = None,
    region_code: str | None = None,
) -> Subject:
    """Return the resident with another phone, address or region; by the person themselves, an officer or the system.

    What a resident is called and their number are not changed here: that is a matter with its own decision.
    """
    resident = resident_record(resident_id, lock=True)
    own = by.resident is not None and by.resident.key == resident.key and by.acting_for is None
    if not own:
        require(by, "resident.register")
    if phone is not None:
        resident.phone_key = keys.blind_index("phone", phone) if phone else ""
    changes = {"phone": phone, "address": address}
    resident.particulars = {**resident.particulars, **{name: new for name, new in changes.items() if new is not None}}
    resident.region_code = region_code or resident.region_code
    resident.save(update_fields=["particulars", "phone_key", "region_code"])
    changed = [name for name, new in {**changes, "region": region_code}.items() if new is not None]
    announce(Event("resident.changed", by, at, {"fields": changed}, (resident.key,), "更新人员资料", "Changed"))
    return to_subject(resident)


@transaction.atomic
def register_legal_entity(
    *,
    uscc: str,
    name: str,
    kind: str,
    region_code: str,
    address: str,
    registered_on: dt.date,
    by: Actor,
    at: dt.datetime,
    representative_id: str = "",
) -> Subject:
    """Return the legal entity（法人）registered. Refused（409）when it is already."""
    new = NewLegalEntity(uscc, name, kind, region_code, address, registered_on, representative_id)
    register_legal_entities(entities=[new], by=by, at=at)
    return to_subject(LegalEntity.objects.get(pk=parse_credit_code(uscc).canonical))


@transaction.atomic
def register_legal_entities(*, entities: Iterable[NewLegalEntity], by: Actor, at: dt.datetime) -> int:
    """Return how many legal entities were registered, all or none; representatives must be registered residents."""
    require(by, "resident.register")
    rows = list(entities)
    _require_residents({row.representative_id for row in rows if row.representative_id})
    try:
        with transaction.atomic():
            records = (_to_entity(row, at) for row in rows)
            for batch in _batches(records):
                LegalEntity.objects.bulk_create(batch)
    except IntegrityError:
        raise conflict(
            "people.legal-entity.already-registered",
            "该统一社会信用代码的法人已登记。请查询现有登记。",
            "A legal entity with this credit code is registered already. Look up the present record.",
        ) from None
    body = {"count": len(rows), "uscc": [row.uscc for row in rows] if len(rows) <= 20 else []}
    announce(
        Event("legal-entities.registered", by, at, body, (), f"登记法人 {len(rows)} 户", f"{len(rows)} registered")
    )
    return len(rows)


def _to_row(new: NewResident, stored_at: Any, is_hex_id: bool) -> tuple[Any, ...]:
    """Return a resident's columns as the database stores them, in the order of RESIDENT_COLUMNS."""
    resident_id = uuid.UUID(new.id) if new.id else uuid.uuid4()
    key, phone_key, particulars = _identity(new)
    stored_id = resident_id.hex if is_hex_id else resident_id
    return stored_id, key, phone_key, new.id_kind, new.region_code, PARTICULARS.get_prep_value(particulars), stored_at


def _identity(new: NewResident) -> tuple[str, str, dict[str, str]]:
    """Return the resident's key, phone key and particulars; a resident id tells sex and birth by itself."""
    id_number, sex, born_on = new.id_number, new.sex, new.born_on
    if new.id_kind == "resident-id":
        number = parse_resident_id(id_number)
        id_number, sex, born_on = number.canonical, number.sex.value, number.born_on
    elif not (sex and born_on):
        raise Refused(
            "people.resident.incomplete",
            "非居民身份证的证件须同时填写性别和出生日期。",
            "A document other than a resident identity card needs sex and date of birth as well.",
            field="born_on",
        )
    particulars = {
        "name": normalise_name(new.name),
        "id_number": id_number,
        "sex": sex,
        "born_on": born_on.isoformat(),
        "phone": new.phone,
        "address": new.address,
    }
    phone_key = keys.blind_index("phone", new.phone) if new.phone else ""
    return keys.subject_key("resident", id_number), phone_key, particulars


def _to_entity(row: NewLegalEntity, at: dt.datetime) -> LegalEntity:
    uscc = parse_credit_code(row.uscc).canonical
    return LegalEntity(
        uscc=uscc,
        key=keys.subject_key("legal-entity", uscc),
        name=row.name,
        kind=row.kind,
        region_code=row.region_code,
        address=row.address,
        registered_on=row.registered_on,
        representative_id=row.representative_id or None,
        registered_at=at,
    )


def _require_residents(wanted: set[str]) -> None:
    found: set[str] = set()
    for batch in _batches(iter(sorted(wanted))):
        found.update(str(known) for known in Resident.objects.filter(pk__in=batch).values_list("pk", flat=True))
    if len(found) < len(wanted):
        raise Refused(
            "people.representative.unknown",
            f"有 {len(wanted) - len(found)} 名法定代表人尚未登记。请先登记人员。",
            f"{len(wanted) - len(found)} legal representatives are not registered. Register them as residents first.",
            status=404,
        )


def _batches(rows: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(rows, BATCH_ROWS)):
        yield batch
