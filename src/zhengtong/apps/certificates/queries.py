"""Reads of this room: the holder's certificates, and what any stranger may verify."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime

from django.db.models import Count, Q, QuerySet

from zhengtong.apps.certificates import authority, issuing, store
from zhengtong.apps.certificates.models import Certificate, CertificateType, CertificateUse
from zhengtong.apps.certificates.offline import verification
from zhengtong.apps.certificates.shapes import (
    STATUS_TITLES,
    CertificateShape,
    CertificateTypeShape,
    FaceItem,
    Finding,
    Status,
    UseShape,
    Verification,
)
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape, Subject
from zhengtong.kit import Refused, local_date


def find_type(code: str) -> CertificateTypeShape | None:
    """Return the certificate type of a code, or None."""
    record = CertificateType.objects.filter(code=code).first()
    return to_type(record) if record else None


def count_issued(codes: Collection[str]) -> list[tuple[CertificateTypeShape, int]]:
    """Return the certificate types of these codes with how many certificates of each were issued; one query."""
    types = CertificateType.objects.filter(code__in=codes).annotate(issued=Count("certificates")).order_by("code")
    return [(to_type(one), one.issued) for one in types]


def get_certificate(identifier: str, by: Actor, *, at: datetime | None = None) -> CertificateShape:
    """Return one certificate with its uses, to its holder, its keeper, its issuer and whoever relied on it.

    Refused with 404 for everybody else: whether it exists is not theirs to know here (`verify_identifier` is public).
    """
    record = _visible(by).filter(identifier=identifier).select_related("type").first()
    if record is None:
        raise Refused(
            "certificates.certificate.not-found",
            "找不到这个证照，或您无权查看。请在“我的证照”中选择，或使用公开验证页面。",
            "There is no such certificate, or it is not yours to see. Choose one of yours, or use public verification.",
            status=404,
        )
    uses = record.uses.select_related("organisation").order_by("-at")
    shape = to_shape(record, people.get_organisation(record.issuer_id), today=_day(at))
    return replace(shape, uses=tuple(_to_use(use) for use in uses))


def list_certificates(holder: Subject, by: Actor, *, at: datetime | None = None) -> list[CertificateShape]:
    """Return the certificates somebody holds or keeps for others, newest first; two queries and one per issuer.

    Empty unless `by` is that person, acts for them, or is the system or an officer's case acting on their behalf.
    """
    own = {subject.key for subject in (by.resident, by.acting_for) if subject}
    if by.kind != "system" and holder.key not in own:
        return []
    mine = Q(holder_key=holder.key) | Q(keeper_key=holder.key)
    records = Certificate.objects.filter(mine).select_related("type").order_by("-issued_at", "-pk")
    issuers: dict[int, OrganisationShape] = {}
    found = []
    for record in records:
        if record.issuer_id not in issuers:
            issuers[record.issuer_id] = people.get_organisation(record.issuer_id)
        found.append(to_shape(record, issuers[record.issuer_id], today=_day(at)))
    return found


def list_case_certificates(case_nos: list[str]) -> dict[str, tuple[str, ...]]:
    """Return the identifiers issued in each of these cases; one query."""
    found: dict[str, list[str]] = {}
    for case_no, identifier in (
        Certificate.objects.filter(case_no__in=case_nos).order_by("pk").values_list("case_no", "identifier")
    ):
        found.setdefault(case_no, []).append(identifier)
    return {case_no: tuple(identifiers) for case_no, identifiers in found.items()}


def pdf(identifier: str, by: Actor) -> bytes:
    """Return the signed PDF, to those who may see the certificate."""
    return store.fetch(get_certificate(identifier, by).sha256)


def verify_identifier(identifier: str, *, at: datetime | None = None) -> Verification:
    """Return what anyone may know of a certificate: type, issuer, dates, status, the holder masked."""
    record = Certificate.objects.select_related("type", "issuer").filter(identifier=identifier.strip()).first()
    if record is None:
        return Verification(holds=False, findings=(UNKNOWN,), identifier=identifier.strip())
    found = _public(record, _day(at))
    return replace(found, findings=(KNOWN, _status_finding(found)), holds=found.status == Status.VALID)


def verify_pdf(content: bytes, *, at: datetime | None = None) -> Verification:
    """Return whether a PDF is a certificate of ours: signed, under our root, unchanged, on record, valid today."""
    from zhengtong.apps.certificates import pades  # its library takes half a second to load: only where one checks

    moment = at or datetime.now(UTC)
    facts = pades.check(content, root_pem=root_certificate_pem(at=moment), at=moment)
    record = Certificate.objects.select_related("type", "issuer").filter(identifier=facts.identifier).first()
    if not facts.is_signed or record is None:
        return verification(facts, [UNKNOWN])
    public = _public(record, _day(moment))
    is_same = record.sha256 == hashlib.sha256(content).hexdigest()
    verdict = verification(facts, [KNOWN if is_same else ALTERED, _status_finding(public)])
    return replace(
        public,
        holds=verdict.holds,
        findings=verdict.findings,
        signed_by=facts.signer,
        signed_at=facts.signed_at,
    )


def root_certificate_pem(*, at: datetime | None = None) -> bytes:
    """Return the site's root certificate (PEM), for whoever verifies off line."""
    identity = authority.root_identity(issuing.key_ring(), name=issuing.root_name(), at=at or datetime.now(UTC))
    return authority.to_pem(identity.certificate_der)


def to_type(record: CertificateType) -> CertificateTypeShape:
    """Return a type's shape."""
    return CertificateTypeShape(record.code, record.number, record.title_zh, record.title_en)


def to_shape(record: Certificate, issuer: OrganisationShape, *, today: date) -> CertificateShape:
    """Return a certificate's shape as of `today`, which decides whether it has run out."""
    status = _status_on(record, today)
    status_zh, status_en = STATUS_TITLES[status]
    held = record.holder
    return CertificateShape(
        identifier=record.identifier,
        type_code=record.type.code,
        title_zh=record.type.title_zh,
        title_en=record.type.title_en,
        holder=Subject(
            kind=held["kind"],
            id=held["id"],
            name=held["name"],
            masked_name=record.holder_masked,
            key=record.holder_key,
            number_masked=held["number_masked"],
        ),
        issuer=issuer,
        number=record.number,
        face=tuple(FaceItem(*item) for item in record.face),
        issued_on=record.issued_on,
        valid_from=record.valid_from,
        valid_to=record.valid_to,
        status=status,
        status_zh=status_zh,
        status_en=status_en,
        case_no=record.case_no,
        version=record.version,
        sha256=record.sha256,
        verify_url=issuing.verify_url(record.identifier),
        receipt_no=record.receipt_no,
    )


def _visible(by: Actor) -> QuerySet[Certificate]:
    if by.kind == "system":
        return Certificate.objects.all()
    keys = [subject.key for subject in (by.resident, by.acting_for) if subject and subject.key]
    rights = Q(holder_key__in=keys) | Q(keeper_key__in=keys)
    if by.organisation and people.can_(by, "case.view", by.organisation.id):
        rights |= Q(issuer_id=by.organisation.id) | Q(uses__organisation_id=by.organisation.id)
    return Certificate.objects.filter(rights).distinct()


def _public(record: Certificate, today: date) -> Verification:
    status = _status_on(record, today)
    status_zh, status_en = STATUS_TITLES[status]
    return Verification(
        holds=False,
        findings=(),
        identifier=record.identifier,
        title_zh=record.type.title_zh,
        title_en=record.type.title_en,
        issuer_zh=record.issuer.name_zh,
        issuer_en=record.issuer.name_en,
        holder_masked=record.holder_masked,
        issued_on=record.issued_on,
        valid_to=record.valid_to,
        status=status,
        status_zh=status_zh,
        status_en=status_en,
        receipt_no=record.receipt_no,
        sha256=record.sha256,
    )


def _status_on(record: Certificate, today: date) -> str:
    if record.status == Status.VALID and record.valid_to and record.valid_to < today:
        return Status.EXPIRED.value
    return record.status


def _status_finding(found: Verification) -> Finding:
    if found.status == Status.VALID:
        return Finding("status", True, "当前状态：有效。", "Status today: valid.")
    return Finding(
        "status",
        False,
        f"当前状态：{found.status_zh}，不可采信。",
        f"Status today: {found.status_en.lower()}; do not rely on it.",
    )


def _to_use(use: CertificateUse) -> UseShape:
    organisation = use.organisation
    return UseShape(
        at=use.at,
        cause_zh=use.cause_zh,
        cause_en=use.cause_en,
        organisation_zh=organisation.name_zh,
        organisation_en=organisation.name_en,
        case_no=use.case_no,
        receipt_no=use.receipt_no,
    )


def _day(at: datetime | None) -> date:
    return local_date(at or datetime.now(UTC))


KNOWN = Finding(
    "known", True, "本平台有签发记录，与登记一致。", "The platform has it on record, exactly as registered."
)
UNKNOWN = Finding(
    "known",
    False,
    "本平台没有这个证照的签发记录。请核对证照标识，或联系颁发机构。",
    "The platform has no record of this certificate. Check the identifier, or ask the issuer.",
)
ALTERED = Finding(
    "known",
    False,
    "文件与本平台登记的原件不一致，不可采信。",
    "The file differs from the original on record; do not rely on it.",
)
