"""A certificate found and its status changed（证照状态）, for the actions of this room."""

from __future__ import annotations

from datetime import datetime

from zhengtong.apps.certificates.models import Certificate
from zhengtong.apps.certificates.shapes import Status
from zhengtong.kit import Refused


def change_status(record: Certificate, status: Status, reason: str, at: datetime) -> None:
    """Change the status of a valid certificate; of two who try at once, one is told so."""
    changes = {"status": status.value, "status_reason": reason, "status_at": at}
    if not Certificate.objects.filter(pk=record.pk, status=Status.VALID.value).update(**changes):
        raise not_valid(record.status)
    for name, value in changes.items():
        setattr(record, name, value)


def get_record(identifier: str) -> Certificate:
    """Return the record of a certificate, or refuse（404）."""
    record = Certificate.objects.select_related("type").filter(identifier=identifier).first()
    if record is None:
        raise Refused(
            "certificates.certificate.unknown",
            "没有这个标识的证照。请核对证照标识是否抄写完整。",
            "There is no certificate with this identifier. Check that it was copied whole.",
            status=404,
        )
    return record


def not_issuer() -> Refused:
    """Return the refusal of whoever is not the issuer."""
    return Refused(
        "certificates.issue.not-issuer",
        "只有颁发机构有办结权限的人员可以签发、撤销或变更这个证照。请转交颁发机构办理。",
        "Only the issuer's own deciding officers may issue, revoke or change this certificate. Pass it on to them.",
        status=403,
    )


def not_valid(status: str) -> Refused:
    """Return the refusal of an action on a certificate no longer valid."""
    return Refused(
        "certificates.state.not-valid",
        "该证照已不是有效状态，不能再使用、撤销或变更。请刷新后查看最新状态。",
        "The certificate is no longer valid, so it cannot be used, revoked or changed. Reload to see its status.",
        status=409,
        facts={"status": status},
    )
