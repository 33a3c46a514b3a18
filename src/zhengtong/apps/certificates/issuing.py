"""How a certificate is drawn and signed before any record of it exists（制证）."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from zhengtong.apps.certificates import authority
from zhengtong.apps.certificates.authority import KeyRing
from zhengtong.apps.certificates.shapes import FaceItem
from zhengtong.apps.certificates.typesetting import FaceSheet, typeset
from zhengtong.apps.people.shapes import OrganisationShape
from zhengtong.kit import local_date
from zhengtong.kit.identifiers import CertificateId, make_certificate_id

_SERIAL_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_RANDOM_PLACES = 10  # 34^10: found by nobody who counts upwards, doubled by no two processes

Face = Mapping[str, tuple[str, str, str]] | tuple[FaceItem, ...]


@dataclass(frozen=True)
class Wording:
    """What is to be printed, besides the face: the type, the issuer and the dates."""

    title_zh: str
    title_en: str
    issuer: OrganisationShape
    number: str
    issued_on: date
    valid_to: date | None


def key_ring() -> KeyRing:
    """Return where this site's signing keys lie."""
    ring = settings.ZHENGTONG_KEYS
    secrets_by_id = tuple((key_id, bytes(secret)) for key_id, secret in ring["keys"].items())
    return KeyRing(authority.site_folder(Path(settings.ZHENGTONG_HOME)), ring["current"], secrets_by_id)


def root_name() -> str:
    """Return the name on the site's root certificate."""
    return f"{settings.ZHENGTONG_SITE_NAME[0]}电子证照根证书"


def new_identifier(*, type_number: str, issuer: OrganisationShape, at: datetime) -> CertificateId:
    """Return a fresh identifier: the day and ten random places, so that no counter is shared and none can be guessed."""
    tail = "".join(secrets.choice(_SERIAL_ALPHABET) for _ in range(_RANDOM_PLACES))
    serial = f"{local_date(at):%Y%m%d}{tail}"
    return make_certificate_id(type_code=type_number, issuer_code=issuer.uscc, serial=serial)


def verify_url(identifier: str) -> str:
    """Return the address at which anyone verifies the certificate."""
    return f"{settings.ZHENGTONG_ADDRESS.rstrip('/')}/verify/{identifier}/"


def face_items(face: Face) -> tuple[FaceItem, ...]:
    """Return the face as items, whichever way it was given."""
    if isinstance(face, tuple):
        return face
    return tuple(FaceItem(key, zh, en, value) for key, (zh, en, value) in face.items())


def draw(
    identifier: CertificateId, wording: Wording, face: tuple[FaceItem, ...], *, at: datetime
) -> tuple[bytes, tuple[str, ...]]:
    """Return the signed PDF and the characters no font had."""
    from zhengtong.apps.certificates import pades  # its library takes half a second to load: only where one signs

    fonts = Path(settings.ZHENGTONG_FONTS) if settings.ZHENGTONG_FONTS else None
    drawn = typeset(_sheet(identifier, wording, face), fonts=fonts, at=at)
    identity = authority.organisation_identity(
        key_ring(), uscc=wording.issuer.uscc, name=wording.issuer.name_zh, root_name=root_name(), at=at
    )
    signed = pades.sign(
        drawn.pdf,
        key_der=identity.key_der,
        certificate_der=identity.certificate_der,
        identifier=identifier.canonical,
        name=wording.issuer.name_zh,
        at=at,
    )
    return signed, drawn.missing_glyphs


def _sheet(identifier: CertificateId, wording: Wording, face: tuple[FaceItem, ...]) -> FaceSheet:
    start, end = wording.issued_on, wording.valid_to
    return FaceSheet(
        title_zh=wording.title_zh,
        title_en=wording.title_en,
        rows=tuple((item.label_zh, item.label_en, item.value) for item in face),
        number=wording.number,
        identifier=identifier.canonical,
        issuer_zh=wording.issuer.name_zh,
        issuer_en=wording.issuer.name_en,
        issued_on=_day_zh(start),
        valid_zh=f"{_day_zh(start)}至{_day_zh(end) if end else '长期'}",
        valid_en=f"{start.isoformat()} to {end.isoformat() if end else 'no end date'}",
        verify_url=verify_url(identifier.canonical),
        version=identifier.version,
    )


def _day_zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
