"""What happens to a certificate after it was issued: relied on（用证）, revoked（撤销）."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from zhengtong.apps.certificates.actions.records import change_status, get_record, not_issuer, not_valid
from zhengtong.apps.certificates.models import CertificateUse
from zhengtong.apps.certificates.queries import to_shape
from zhengtong.apps.certificates.shapes import CertificateShape, Status, UseShape
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.kit import Refused, local_date


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
    record = get_record(identifier)
    if not people.can_(by, "case.settle", record.issuer_id):
        raise not_issuer()
    change_status(record, Status.REVOKED, reason, at)
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
    record = get_record(identifier)
    if to_shape(record, organisation, today=local_date(at)).status != Status.VALID:
        raise not_valid(record.status)
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
