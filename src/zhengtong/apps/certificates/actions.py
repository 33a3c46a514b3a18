"""Writes of this room: define a type, issue, replace, revoke, record a use. Each leaves a receipt."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from zhengtong.apps.certificates import authority, issuing, store
from zhengtong.apps.certificates.issuing import Face, Wording
from zhengtong.apps.certificates.models import Certificate, CertificateType, CertificateUse
from zhengtong.apps.certificates.queries import find_type, to_shape, to_type
from zhengtong.apps.certificates.shapes import (
    CertificateShape,
    CertificateTypeShape,
    FaceItem,
    Status,
    UseShape,
)
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape, Subject
from zhengtong.kit import Refused, local_date
from zhengtong.kit.identifiers import CertificateId, parse_certificate_id

__all__ = ["DrawnCertificate", "define_type", "draw", "ensure_authority", "file_drawn", "issue", "record_use", "revoke"]

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


def ensure_authority(*, at: datetime, organisations: tuple[OrganisationShape, ...] = ()) -> bytes:
    """Return the root certificate (PEM), after making sure that it and the named organisations' certificates exist."""
    ring = issuing.key_ring()
    for organisation in organisations:
        authority.organisation_identity(
            ring, uscc=organisation.uscc, name=organisation.name_zh, root_name=issuing.root_name(), at=at
        )
    return authority.to_pem(authority.root_identity(ring, name=issuing.root_name(), at=at).certificate_der)


@transaction.atomic
def define_type(*, declaration: Mapping[str, Any], by: Actor, at: datetime) -> CertificateTypeShape:
    """Return the certificate type of a declaration: `code`, `title_zh`, `title_en`, `definer` and perhaps `number`.

    `definer` is a function ("health") led in the site's region, or `definer_id` an organisation.
    Defined once: the same code again returns what is there. Without `number` (the 21 characters of GB/T 36904) it
    becomes the definer's credit code and the next three digits.
    """
    existing = find_type(declaration["code"])
    if existing:
        return existing
    definer = _definer_of(declaration)
    record = CertificateType.objects.create(
        code=declaration["code"],
        number=declaration.get("number") or _next_type_number(definer),
        title_zh=declaration["title_zh"],
        title_en=declaration["title_en"],
        definer_id=definer.id,
        defined_at=at,
    )
    evidence.record(
        kind="certificate.type-defined",
        body={"code": record.code, "number": record.number, "definer": definer.uscc},
        by=by,
        at=at,
        summary_zh=f"定义证照类型：{record.title_zh}",
        summary_en=f"Certificate type defined: {record.title_en}",
    )
    return to_type(record)


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
    kind = _get_type(type_code)
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
        raise _not_issuer()
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


@transaction.atomic
def revoke(*, identifier: str, reason: str, by: Actor, at: datetime) -> CertificateShape:
    """Return the certificate revoked（撤销）: from now on every verification says so.

    Only its issuer may, with a reason, and only while it is valid (409 `certificates.state.not-valid`).
    """
    if not reason.strip():
        raise Refused(
            "certificates.revoke.no-reason",
            "撤销证照必须写明理由，持证人会看到。请填写后再提交。",
            "A certificate is revoked with a reason that its holder will read. Write one and submit again.",
            field="reason",
        )
    record = _get_record(identifier)
    if not people.can_(by, "case.settle", record.issuer_id):
        raise _not_issuer()
    _change_status(record, Status.REVOKED, reason, at)
    issuer = people.get_organisation(record.issuer_id)
    evidence.record(
        kind="certificate.revoked",
        body={"identifier": record.identifier, "sha256": record.sha256, "reason": reason},
        by=by,
        at=at,
        about=[key for key in (record.holder_key, record.keeper_key) if key],
        case_no=record.case_no,
        summary_zh=f"{issuer.name_zh}撤销{record.type.title_zh}",
        summary_en=f"{issuer.name_en} revoked {record.type.title_en}",
    )
    return to_shape(record, issuer, today=local_date(at))


@transaction.atomic
def record_use(
    *,
    identifier: str,
    cause_zh: str,
    cause_en: str,
    organisation: OrganisationShape,
    by: Actor,
    at: datetime,
    case_no: str = "",
    holder_authorised: bool = True,
) -> UseShape:
    """Return the record of a certificate relied on as evidence（用证记录）; refused unless it is valid."""
    record = _get_record(identifier)
    if to_shape(record, organisation, today=local_date(at)).status != Status.VALID:
        raise _not_valid(record.status)
    receipt = evidence.record(
        kind="certificate.used",
        body={"identifier": identifier, "organisation": organisation.uscc, "cause": cause_zh},
        by=by,
        at=at,
        about=[key for key in (record.holder_key, record.keeper_key) if key],
        case_no=case_no,
        summary_zh=f"{organisation.name_zh}使用{record.type.title_zh}：{cause_zh}",
        summary_en=f"{organisation.name_en} relied on {record.type.title_en}: {cause_en}",
    )
    CertificateUse.objects.create(
        certificate=record,
        at=at,
        cause_zh=cause_zh,
        cause_en=cause_en,
        organisation_id=organisation.id,
        case_no=case_no,
        holder_authorised=holder_authorised,
        receipt_no=receipt.no,
    )
    return UseShape(at, cause_zh, cause_en, organisation.name_zh, organisation.name_en, case_no, receipt.no)


def _retire(identifier: str, by: Actor, at: datetime) -> Certificate:
    previous = _get_record(identifier)
    if not people.can_(by, "case.settle", previous.issuer_id):
        raise _not_issuer()
    _change_status(previous, Status.EXPIRED, "由新版本替代", at)
    return previous


def _change_status(record: Certificate, status: Status, reason: str, at: datetime) -> None:
    """Change the status of a valid certificate; of two who try at once, one is told so."""
    changes = {"status": status.value, "status_reason": reason, "status_at": at}
    if not Certificate.objects.filter(pk=record.pk, status=Status.VALID.value).update(**changes):
        raise _not_valid(record.status)
    for name, value in changes.items():
        setattr(record, name, value)


def _get_record(identifier: str) -> Certificate:
    record = Certificate.objects.select_related("type").filter(identifier=identifier).first()
    if record is None:
        raise Refused(
            "certificates.certificate.unknown",
            "没有这个标识的证照。请核对证照标识是否抄写完整。",
            "There is no certificate with this identifier. Check that it was copied whole.",
            status=404,
        )
    return record


def _get_type(code: str) -> CertificateTypeShape:
    kind = find_type(code)
    if kind is None:
        raise Refused(
            "certificates.type.unknown",
            f"没有代码为 {code} 的证照类型。请先发布声明它的事项包。",
            f"There is no certificate type {code}. Publish the pack that declares it first.",
            status=404,
            facts={"code": code},
        )
    return kind


def _definer_of(declaration: Mapping[str, Any]) -> OrganisationShape:
    if "definer_id" in declaration:
        return people.get_organisation(declaration["definer_id"])
    function, region = declaration["definer"], settings.ZHENGTONG_REGION
    found = people.find_organisation(function=function, region_code=region)
    if found is None:
        raise Refused(
            "certificates.type.no-definer",
            f"区划 {region} 没有主管“{function}”的机构，无法定义证照类型。请先登记该机构。",
            f"Region {region} has no organisation leading {function}, so the type cannot be defined. Register one first.",
            facts={"function": function, "region": region},
        )
    return found


def _next_type_number(definer: OrganisationShape) -> str:
    taken = CertificateType.objects.filter(number__startswith=definer.uscc).order_by("-number").first()
    following = int(taken.number[-3:]) + 1 if taken else 1
    return f"{definer.uscc}{following:03d}"


def _not_issuer() -> Refused:
    return Refused(
        "certificates.issue.not-issuer",
        "只有颁发机构有办结权限的人员可以签发、撤销或变更这个证照。请转交颁发机构办理。",
        "Only the issuer's own deciding officers may issue, revoke or change this certificate. Pass it on to them.",
        status=403,
    )


def _not_valid(status: str) -> Refused:
    return Refused(
        "certificates.state.not-valid",
        "该证照已不是有效状态，不能再使用、撤销或变更。请刷新后查看最新状态。",
        "The certificate is no longer valid, so it cannot be used, revoked or changed. Reload to see its status.",
        status=409,
        facts={"status": status},
    )
