"""The identifier of an electronic certificate（电子证照标识）of GB/T 36904, checked by ISO 7064 MOD 37,36."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from zhengtong.kit.identifiers.credit_code import is_credit_code
from zhengtong.kit.identifiers.reading import Kind, is_accepted

ROOT = "1.2.156.3005.2"

_KIND = Kind("certificate-id", "电子证照标识", "certificate identifier")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHAPE = re.compile(r"([0-9A-Z]{21})\.([0-9A-Z]{6,18})\.([0-9A-Z]{1,64})\.([0-9]{3})\.([0-9A-Z])")


@dataclass(frozen=True, slots=True)
class CertificateId:
    """A certificate's identifier that holds（电子证照标识）.

    `type_code` is the defining body's credit code and three digits, `issuer_code` the issuer's credit code (some real
    issuers write their region code instead, see `has_regular_issuer`), `version` counts from 1.
    """

    type_code: str
    issuer_code: str
    serial: str
    version: int

    @property
    def canonical(self) -> str:
        body = (self.type_code, self.issuer_code, self.serial, f"{self.version:03d}")
        return ".".join((ROOT, *body, check_digit("".join(body))))

    def __str__(self) -> str:
        return self.canonical

    @property
    def has_regular_issuer(self) -> bool:
        return is_credit_code(self.issuer_code)

    def next_version(self) -> CertificateId:
        """Return the identifier of the certificate that replaces this one（变更、延续）."""
        return make_certificate_id(
            type_code=self.type_code, issuer_code=self.issuer_code, serial=self.serial, version=self.version + 1
        )


def check_digit(body: str) -> str:
    """Return the ISO 7064 MOD 37,36 check character of the parts written together without dots and root."""
    carried = 36
    for char in body:
        carried = ((carried + _ALPHABET.index(char)) % 36 or 36) * 2 % 37
    return _ALPHABET[(37 - carried) % 36]


def parse_certificate_id(text: str) -> CertificateId:
    """Return the parts of `text`; refuses another root, a wrong shape and a wrong check character."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    root, dot, rest = plain[: len(ROOT)], plain[len(ROOT) : len(ROOT) + 1], plain[len(ROOT) + 1 :]
    match = _SHAPE.fullmatch(rest)
    if root != ROOT or dot != "." or not match:
        raise _KIND.refuse(
            "shape",
            zh=f"应为“{ROOT}.类型代码.颁发机构代码.流水号.版本号.校验位”，请从证照上完整复制。",
            en=f"must read {ROOT}.type.issuer.serial.version.check; copy it whole from the certificate.",
        )
    type_code, issuer_code, serial, version, check = match.groups()
    if check_digit(type_code + issuer_code + serial + version) != check:
        raise _KIND.wrong_check_digit()
    return CertificateId(type_code, issuer_code, serial, int(version))


def is_certificate_id(text: str) -> bool:
    return is_accepted(parse_certificate_id, text)


def make_certificate_id(*, type_code: str, issuer_code: str, serial: str, version: int = 1) -> CertificateId:
    """Return the identifier; its `canonical` text carries the check character. Refuses more than 999 versions."""
    if not 1 <= version <= 999:
        raise _KIND.refuse(
            "version",
            zh="版本号应在 001 至 999 之间，请改发新的证照标识。",
            en="takes versions 001 to 999; issue a certificate with a new identifier instead.",
            version=version,
        )
    return parse_certificate_id(CertificateId(type_code, issuer_code, serial, version).canonical)
