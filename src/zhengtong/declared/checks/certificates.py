"""Certificates have a type, a holder the form knows, and a face（证照检查）."""

from __future__ import annotations

from collections.abc import Iterator

from zhengtong.declared.checks.ground import Ground
from zhengtong.declared.shapes import Finding

CONCERN = "certificates"


def check_certificates(ground: Ground) -> Iterator[Finding]:
    """Yield unknown types, holders without a name on the form, empty faces and senseless validity."""
    known = set(ground.form_paths())
    for at, issue in enumerate(ground.pack.certificates):
        if issue.type not in ground.work.shared.certificate_types:
            yield ground.finding(
                CONCERN,
                ("certificates", at, "type"),
                (f"证照类型 {issue.type} 没有登记", f"the certificate type {issue.type} is not registered"),
                ("签发时没有类型代码，证照标识编不出来", "without its code no identifier can be made"),
                ("先在 _shared/certificates/ 登记", "enter it in _shared/certificates/ first"),
            )
        if issue.holder != "applicant" and f"{issue.holder}.name" not in known:
            yield ground.finding(
                CONCERN,
                ("certificates", at, "holder"),
                (f"持证人 {issue.holder} 在表单里没有姓名", f"the form has no name of the holder {issue.holder}"),
                ("证照发不到人", "the certificate would be issued to nobody"),
                ("写 applicant，或表单里有 name 的组", "write applicant, or a group of the form that has a name"),
            )
        if not issue.face or (issue.valid_years is not None and issue.valid_years < 1):
            yield ground.finding(
                CONCERN,
                ("certificates", at),
                (f"{issue.type} 没有照面项，或有效年限不足一年", f"{issue.type} has no face, or is valid for no year"),
                ("这样的证照没有用", "such a certificate is of no use"),
                (
                    "在 face 写照面项；长期有效就不写 valid_years",
                    "write a face; leave valid_years out if it does not expire",
                ),
            )
