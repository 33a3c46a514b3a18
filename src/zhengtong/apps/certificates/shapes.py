"""What leaves the certificates room: frozen shapes, no records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from zhengtong.apps.people.shapes import OrganisationShape, Subject


class Status(StrEnum):
    """Status of a certificate（证照状态）, codes of the national certificate library."""

    VALID = "01"
    SUSPENDED = "02"
    REVOKED = "03"
    CANCELLED = "04"
    EXPIRED = "05"
    TRANSFERRED = "06"
    WITHDRAWN = "07"
    OTHER = "99"


STATUS_TITLES: dict[str, tuple[str, str]] = {
    "01": ("有效", "Valid"),
    "02": ("暂扣", "Suspended"),
    "03": ("撤销", "Revoked"),
    "04": ("注销", "Cancelled"),
    "05": ("失效", "No longer valid"),
    "06": ("办理转出", "Transferred out"),
    "07": ("吊销", "Withdrawn as a penalty"),
    "99": ("其他", "Other"),
}


@dataclass(frozen=True)
class CertificateTypeShape:
    """A type of certificate（证照类型）; `number` is the 21-character type code of GB/T 36904."""

    code: str
    number: str
    title_zh: str
    title_en: str


@dataclass(frozen=True)
class FaceItem:
    """One line on the face of a certificate（照面项）."""

    key: str
    label_zh: str
    label_en: str
    value: str


@dataclass(frozen=True)
class UseShape:
    """One use of a certificate as evidence（用证记录）: who relied on it, for what, for which case."""

    at: datetime
    cause_zh: str
    cause_en: str
    organisation_zh: str
    organisation_en: str
    case_no: str
    receipt_no: str


@dataclass(frozen=True)
class CertificateShape:
    """An electronic certificate（电子证照）, as its holder and the officers who may see it see it."""

    identifier: str
    type_code: str
    title_zh: str
    title_en: str
    holder: Subject
    issuer: OrganisationShape
    number: str
    face: tuple[FaceItem, ...]
    issued_on: date
    valid_from: date
    valid_to: date | None
    status: str
    status_zh: str
    status_en: str
    case_no: str
    version: int
    sha256: str
    verify_url: str
    receipt_no: str
    replaced_by: str = ""
    uses: tuple[UseShape, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Return whether the certificate may be relied on today (status already takes the last day into account)."""
        return self.status == Status.VALID


@dataclass(frozen=True)
class Finding:
    """One check of a verification（验证项）: what was checked, whether it held, and the sentence for the reader."""

    key: str
    holds: bool | None
    zh: str
    en: str


@dataclass(frozen=True)
class Verification:
    """What a stranger learns about a certificate（验证结果）: public facts only, the holder masked.

    `holds` is the verdict over every finding; a finding that could not be made (off line nobody knows the status)
    has `holds=None` and does not sink the verdict.
    """

    holds: bool
    findings: tuple[Finding, ...]
    identifier: str = ""
    title_zh: str = ""
    title_en: str = ""
    issuer_zh: str = ""
    issuer_en: str = ""
    holder_masked: str = ""
    issued_on: date | None = None
    valid_to: date | None = None
    status: str = ""
    status_zh: str = ""
    status_en: str = ""
    signed_by: str = ""
    signed_at: datetime | None = None
    receipt_no: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class SignedFacts:
    """What a signature says and whether it holds（验签结果）; every text lies inside the signed bytes."""

    is_signed: bool
    is_intact: bool = False
    is_trusted: bool = False
    covers_whole_file: bool = False
    identifier: str = ""
    title: str = ""
    signer: str = ""
    signer_uscc: str = ""
    signed_at: datetime | None = None
