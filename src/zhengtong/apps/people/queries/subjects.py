"""Residents, legal entities and mandates."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery

from zhengtong.apps.people import keys, statements
from zhengtong.apps.people.models import Account, AdminDuty, LegalEntity, Mandate, Resident
from zhengtong.apps.people.particulars import to_masked, to_profile, to_subject
from zhengtong.apps.people.shapes import AccountShape, Actor, MandateShape, ResidentProfile, Subject
from zhengtong.kit import Refused


def get_resident(resident_id: str, by: Actor) -> Subject:
    """Return a resident: with the name for the person, whoever acts for them, officers and the system, else masked.

    Refused（404）when there is none.
    """
    subject = to_subject(resident_record(resident_id))
    own = {held.key for held in (by.resident, by.acting_for) if held}
    return subject if by.kind in ("officer", "system") or subject.key in own else to_masked(subject)


def find_subject(kind: str, number: str) -> Subject | None:
    """Return the resident or legal entity of a number, by blind index, or None."""
    records = {"resident": Resident, "legal-entity": LegalEntity}[kind].objects
    record = records.filter(key=keys.subject_key(kind, number)).first()
    return to_subject(record) if record else None


def resident_profile(subject_id: str) -> ResidentProfile:
    """Return a resident's unmasked particulars; the caller decides the right and records the read. Refused（404）."""
    return to_profile(resident_record(subject_id))


def list_profiles(kind: str, numbers: Sequence[str]) -> dict[str, tuple[Subject, ResidentProfile | None]]:
    """Return the registered people or entities of these numbers by number, residents with their particulars; one query.

    For work over many; the caller has decided the right and records it, as with `resident_profile`.
    """
    found = {keys.subject_key(kind, number): number for number in numbers}
    records = {"resident": Resident, "legal-entity": LegalEntity}[kind].objects.filter(key__in=list(found))
    if kind == "resident":
        return {found[own.key]: (to_subject(own), to_profile(own)) for own in records.iterator(2000)}
    return {found[own.key]: (to_subject(own), None) for own in records}


def find_account(typed: str) -> AccountShape | None:
    """Return the account of what somebody types at sign-in: a user name, or a mobile number."""
    record = find_account_record(typed)
    return to_account(record) if record else None


def find_account_record(typed: str) -> Account | None:
    """Return the record behind `find_account`, for this room's own sign-in."""
    found = Account.objects.filter(username=keys.normalise_username(typed)).first()
    number = keys.normalise_number(typed)
    if found is None and number.isdigit():
        found = Account.objects.filter(phone_key=keys.blind_index("phone", number)).first()
    return found


def list_accounts() -> list[AccountShape]:
    """Return the accounts in use by user name; one query."""
    duty = AdminDuty.objects.filter(account=OuterRef("pk"), ended_at=None).values("duty")[:1]
    accounts = Account.objects.filter(is_active=True).annotate(duty=Subquery(duty)).order_by("username")
    return [_shape(record, record.duty) for record in accounts]


def to_account(record: Account) -> AccountShape:
    """Return an account's shape; one query for its duty."""
    return _shape(
        record, AdminDuty.objects.filter(account=record, ended_at=None).values_list("duty", flat=True).first()
    )


def _shape(record: Account, duty: Any) -> AccountShape:
    resident_id = str(record.resident_id) if record.resident_id else ""
    return AccountShape(record.pk, record.username, record.label, resident_id, duty, record.is_active)


def list_mandates(by: Actor) -> list[MandateShape]:
    """Return the mandates the actor gave and holds, newest first, ended ones too; one query.

    The other side's name is masked; an enterprise's mandates are seen by whoever acts for it.
    """
    if by.resident is None:
        return []
    mandates = Mandate.objects.select_related("principal_resident", "principal_entity", "agent")
    given = mandates.filter(principal_resident_id=by.resident.id) | mandates.filter(agent_id=by.resident.id)
    if by.acting_for and by.acting_for.kind == "legal-entity":
        given = given | mandates.filter(principal_entity_id=by.acting_for.id)
    return [to_mandate(mandate, by) for mandate in given.order_by("-created_at", "id")]


def to_mandate(mandate: Mandate, by: Actor) -> MandateShape:
    """Return a mandate's shape as `by` may see it."""
    principal = to_subject(mandate.principal_entity or mandate.principal_resident)
    agent = to_subject(mandate.agent)
    own = {held.key for held in (by.resident, by.acting_for) if held}
    return MandateShape(
        id=str(mandate.pk),
        kind=mandate.kind,
        relation=mandate.relation,
        principal=principal if principal.key in own else to_masked(principal),
        agent=agent if agent.key in own else to_masked(agent),
        matter_codes=None if mandate.matter_codes is None else tuple(mandate.matter_codes),
        valid_from=mandate.valid_from,
        valid_until=mandate.valid_until,
        ended_at=mandate.ended_at,
        has_proof=mandate.proof is not None,
    )


def count_residents() -> int:
    """Return how many residents are registered."""
    return Resident.objects.count()


def count_legal_entities() -> int:
    """Return how many legal entities are registered."""
    return LegalEntity.objects.count()


def resident_record(resident_id: object, *, lock: bool = False) -> Resident:
    """Return a resident's record, for this room's own actions; refused（404）for an unknown or malformed id."""
    lasting = " FOR UPDATE" if lock and connection.vendor == "postgresql" else ""
    key = Resident._meta.pk.get_db_prep_value(to_uuid(resident_id), connection)
    found = statements.records_of(Resident, statements.select(Resident, f"id = %s{lasting}", [key]))
    if not found:
        raise Refused(
            "people.resident.unknown",
            "没有这个人员的登记。请核对姓名和证件号码。",
            "No such resident is registered. Check the name and the number.",
            status=404,
        )
    return found[0]


def to_uuid(text: object) -> uuid.UUID | None:
    """Return the id a text means, None when it means none: what comes from a form may be anything."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
