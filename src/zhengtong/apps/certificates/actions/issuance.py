"""Issuing（制证、签发）: drawn and signed outside any transaction, filed inside one."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from zhengtong.apps.certificates import issuing, store
from zhengtong.apps.certificates.actions.records import change_status, get_record, not_issuer
from zhengtong.apps.certificates.actions.types import get_type
from zhengtong.apps.certificates.issuing import Face, Wording
from zhengtong.apps.certificates.models import Certificate, CertificateType
from zhengtong.apps.certificates.queries import to_shape
from zhengtong.apps.certificates.shapes import (
    CertificateShape,
    FaceItem,
    Status,
)
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape, Subject
from zhengtong.kit import local_date
from zhengtong.kit.identifiers import CertificateId, parse_certificate_id

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DrawnCertificate:
    """A certificate drawn, signed and on disk, of which no record exists yet（已制未登记的证照）."""

    identifier: CertificateId
    type_code: str
    holder: Subject
    keeper: Subject | None
    face: tuple[FaceItem, ...]
    wording: Wording
    sha256: str
    missing_glyphs: tuple[str, ...]
    replaces: str = ""


def issue(
    *,
    type_code: str,
    holder: Subject,
    face: Face,
    issuer: OrganisationShape,
    by: Actor,
    at: datetime,
    case_no: str = "",
    valid_to: date | None = None,
    number: str = "",
    keeper: Subject | None = None,
    replaces: str = "",
) -> CertificateShape:
    """Return the certificate issued; its signed PDF lies on disk before the record commits.

    `keeper` is who keeps it for a holder who cannot (a parent for a newborn); `replaces` is the identifier of the
    version this one takes over from, which loses its validity. Refused: `certificates.type.unknown`,
    `certificates.issue.not-issuer`, `certificates.state.not-valid`.
    """
    drawn = draw(
        type_code=type_code,
        holder=holder,
        face=face,
        issuer=issuer,
        at=at,
        valid_to=valid_to,
        number=number,
        keeper=keeper,
        replaces=replaces,
    )
    return file_drawn(drawn, case_no=case_no, by=by, at=at)


def draw(
    *,
    type_code: str,
    holder: Subject,
    face: Face,
    issuer: OrganisationShape,
    at: datetime,
    valid_to: date | None = None,
    number: str = "",
    keeper: Subject | None = None,
    replaces: str = "",
) -> DrawnCertificate:
    """Return a certificate drawn, signed and synced to disk, outside any transaction; `file_drawn` makes it count.

    Takes 20–40 ms, which is why a case draws before it opens the transaction that settles it. A drawn certificate that
    is never filed proves nothing: verification asks for the record.
    """
    kind = get_type(type_code)
    identifier = (
        parse_certificate_id(replaces).next_version()
        if replaces
        else issuing.new_identifier(type_number=kind.number, issuer=issuer, at=at)
    )
    items = issuing.face_items(face)
    wording = Wording(kind.title_zh, kind.title_en, issuer, number or identifier.serial, local_date(at), valid_to)
    pdf, missing = issuing.draw(identifier, wording, items, at=at)
    if missing:
        codes = " ".join(f"U+{ord(glyph):04X}" for glyph in missing)
        _log.warning("certificate %s: no font has %s; add a GB 18030 font to the site", identifier, codes)
    return DrawnCertificate(
        identifier, type_code, holder, keeper, items, wording, store.keep(pdf), missing, replaces=replaces
    )


@transaction.atomic
def file_drawn(drawn: DrawnCertificate, *, case_no: str, by: Actor, at: datetime) -> CertificateShape:
    """Return the certificate once recorded with its receipt, in the caller's transaction if there is one."""
    issuer = drawn.wording.issuer
    if not people.can_(by, "case.settle", issuer.id):
        raise not_issuer()
    previous = _retire(drawn.replaces, by, at) if drawn.replaces else None
    receipt = evidence.record(
        kind="certificate.issued",
        body={
            "identifier": drawn.identifier.canonical,
            "type": drawn.type_code,
            "issuer": issuer.uscc,
            "sha256": drawn.sha256,
            "issued_on": drawn.wording.issued_on.isoformat(),
            "valid_to": drawn.wording.valid_to.isoformat() if drawn.wording.valid_to else None,
            "replaces": drawn.replaces,
            "missing_glyphs": [f"U+{ord(glyph):04X}" for glyph in drawn.missing_glyphs],
        },
        by=by,
        at=at,
        about=[key for key in (drawn.holder.key, drawn.keeper.key if drawn.keeper else "") if key],
        case_no=case_no,
        summary_zh=f"{issuer.name_zh}签发{drawn.wording.title_zh}",
        summary_en=f"{issuer.name_en} issued {drawn.wording.title_en}",
    )
    record = _insert(drawn, previous, case_no, receipt.no, at)
    return to_shape(record, issuer, today=local_date(at))


def _insert(
    drawn: DrawnCertificate, previous: Certificate | None, case_no: str, receipt_no: str, at: datetime
) -> Certificate:
    holder, wording = drawn.holder, drawn.wording
    return Certificate.objects.create(
        identifier=drawn.identifier.canonical,
        type=CertificateType.objects.get(code=drawn.type_code),
        holder_key=holder.key,
        keeper_key=drawn.keeper.key if drawn.keeper else "",
        holder={"kind": holder.kind, "id": holder.id, "name": holder.name, "number_masked": holder.number_masked},
        holder_masked=holder.masked_name,
        issuer_id=wording.issuer.id,
        number=wording.number,
        face=[[item.key, item.label_zh, item.label_en, item.value] for item in drawn.face],
        issued_at=at,
        issued_on=wording.issued_on,
        valid_from=wording.issued_on,
        valid_to=wording.valid_to,
        status_at=at,
        case_no=case_no,
        serial=drawn.identifier.serial,
        version=drawn.identifier.version,
        replaces=previous,
        sha256=drawn.sha256,
        receipt_no=receipt_no,
    )


def _retire(identifier: str, by: Actor, at: datetime) -> Certificate:
    previous = get_record(identifier)
    if not people.can_(by, "case.settle", previous.issuer_id):
        raise not_issuer()
    change_status(previous, Status.EXPIRED, "由新版本替代", at)
    return previous
