"""From records to shapes（记录转形）: how a resident, an entity, an organisation or a region is shown outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from zhengtong.apps.people.models import LegalEntity, Organisation, Region, Resident
from zhengtong.apps.people.shapes import OrganisationShape, RegionShape, ResidentProfile, Subject
from zhengtong.kit import mask


def to_region(region: Region) -> RegionShape:
    """Return a region's shape."""
    return RegionShape(
        code=region.code,
        level=region.level,
        name_zh=region.name_zh,
        name_en=region.name_en,
        parent_code=region.parent_code,
        valid_from=region.valid_from,
        valid_to=region.valid_to,
        replaced_by=region.replaced_by,
    )


def to_organisation(organisation: Organisation) -> OrganisationShape:
    """Return an organisation's shape."""
    return OrganisationShape(
        id=organisation.pk,
        uscc=organisation.uscc,
        name_zh=organisation.name_zh,
        name_en=organisation.name_en,
        short_zh=organisation.short_zh,
        function=organisation.function,
        region_code=organisation.region_code,
        short_en=organisation.short_en,
    )


def to_subject(record: Resident | LegalEntity) -> Subject:
    """Return the subject of a resident or a legal entity."""
    if isinstance(record, LegalEntity):
        return Subject("legal-entity", record.uscc, record.name, record.name, record.key, record.uscc)
    return resident_subject(str(record.pk), record.key, record.particulars)


def resident_subject(resident_id: str, key: str, particulars: Mapping[str, str]) -> Subject:
    """Return the subject of a resident whose particulars have been read."""
    name, number = particulars["name"], particulars["id_number"]
    return Subject("resident", resident_id, name, mask("name", name), key, mask("resident-id", number))


def to_masked(subject: Subject) -> Subject:
    """Return the subject as somebody sees it who has no right to the name: only the masked one is left."""
    return Subject(
        subject.kind, subject.id, subject.masked_name, subject.masked_name, subject.key, subject.number_masked
    )


def to_profile(resident: Resident) -> ResidentProfile:
    """Return a resident's unmasked particulars."""
    own = resident.particulars
    return ResidentProfile(
        subject=to_subject(resident),
        name=own["name"],
        id_kind=resident.id_kind,
        id_number=own["id_number"],
        sex=own["sex"],
        born_on=dt.date.fromisoformat(own["born_on"]),
        phone=own.get("phone", ""),
        region_code=resident.region_code,
        address=own["address"],
    )
