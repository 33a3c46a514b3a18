"""Types of certificates（证照类型）and the authority that signs them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from zhengtong.apps.certificates import authority, issuing
from zhengtong.apps.certificates.models import CertificateType
from zhengtong.apps.certificates.queries import find_type, to_type
from zhengtong.apps.certificates.shapes import CertificateTypeShape
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.kit import Refused

#: how often a definition that lost a race looks again; each round somebody else has won
TRIES = 10


def ensure_authority(*, at: datetime, organisations: tuple[OrganisationShape, ...] = ()) -> bytes:
    """Return the root certificate (PEM), after making sure that it and the named organisations' certificates exist."""
    ring = issuing.key_ring()
    for organisation in organisations:
        authority.organisation_identity(
            ring, uscc=organisation.uscc, name=organisation.name_zh, root_name=issuing.root_name(), at=at
        )
    return authority.to_pem(authority.root_identity(ring, name=issuing.root_name(), at=at).certificate_der)


def define_type(*, declaration: Mapping[str, Any], by: Actor, at: datetime) -> CertificateTypeShape:
    """Return the certificate type of a declaration: `code`, `title_zh`, `title_en`, `definer` and perhaps `number`.

    `definer` is a function ("health") led in the site's region, or `definer_id` an organisation.
    Defined once: the same code again returns what is there. Without `number` (the 21 characters of GB/T 36904) it
    becomes the definer's credit code and the next three digits. Two who define at once both get the one that stood
    first; of two codes that reached for the same number, the later takes the next.
    """
    for _ in range(TRIES):
        existing = find_type(declaration["code"])
        if existing:
            return existing
        with suppress(IntegrityError):
            return _write_type(declaration, by, at)
    return _write_type(declaration, by, at)


@transaction.atomic
def _write_type(declaration: Mapping[str, Any], by: Actor, at: datetime) -> CertificateTypeShape:
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


def get_type(code: str) -> CertificateTypeShape:
    """Return the type of a code, or refuse（404）."""
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
