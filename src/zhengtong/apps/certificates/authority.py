"""The signing authority of a site（签发机构证书）: one root, one signing certificate per organisation.

The only home of x509 in this room. Each key and its certificate lie in ONE file under `$ZHENGTONG_HOME/keys`, 0600, the
key encrypted under a password derived from the site's key ring, so that a copied folder alone signs nothing.
"""

from __future__ import annotations

import base64
import hmac
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier

from zhengtong.apps.certificates.files import write_once

ROOT = "root"
ROOT_YEARS = 30
ORGANISATION_YEARS = 10
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
_LONGEST_NAME = 64  # X.520 ub-common-name


@dataclass(frozen=True)
class KeyRing:
    """Where the keys lie and what their passwords derive from: secrets by id, of which `current` seals new keys."""

    folder: Path
    current: str
    secrets: tuple[tuple[str, bytes], ...]

    def password(self, key_id: str) -> bytes:
        """Return the password of key files sealed under `key_id`."""
        secret = dict(self.secrets)[key_id]
        return base64.b64encode(hmac.digest(secret, b"zhengtong certificate signing keys", "sha256"))


@dataclass(frozen=True)
class Identity:
    """A private key with its certificate（签名身份）: both DER, the key PKCS #8."""

    key_der: bytes
    certificate_der: bytes


def root_identity(ring: KeyRing, *, name: str, at: datetime) -> Identity:
    """Return the site's root, made on first use; two processes starting together agree on one."""
    path = ring.folder / f"{ROOT}.pem"
    if not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(name, "")
        certificate = _builder(subject, subject, key.public_key(), at, ROOT_YEARS)
        certificate = certificate.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        certificate = certificate.add_extension(_usage(signs_certificates=True), critical=True)
        write_once(path, _sealed(ring, key, certificate.sign(key, hashes.SHA256())))
    return _load(ring, path)


def organisation_identity(ring: KeyRing, *, uscc: str, name: str, root_name: str, at: datetime) -> Identity:
    """Return the signing identity of an organisation, certified by our root on first use."""
    path = ring.folder / f"{uscc}.pem"
    if not path.exists():
        root = root_identity(ring, name=root_name, at=at)
        issuer = x509.load_der_x509_certificate(root.certificate_der)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _builder(_name(name, uscc), issuer.subject, key.public_key(), at, ORGANISATION_YEARS)
        certificate = certificate.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        certificate = certificate.add_extension(_usage(signs_certificates=False), critical=True)
        certificate = certificate.add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
        certificate = certificate.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()),  # type: ignore[arg-type]
            critical=False,
        )
        write_once(path, _sealed(ring, key, certificate.sign(_private(root), hashes.SHA256())))
    return _load(ring, path)


def to_pem(certificate_der: bytes) -> bytes:
    """Return a certificate as PEM: what a stranger keeps to verify off line."""
    return x509.load_der_x509_certificate(certificate_der).public_bytes(serialization.Encoding.PEM)


def _private(identity: Identity) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_der_private_key(identity.key_der, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the authority signs with an elliptic-curve key")
    return key


def _name(common_name: str, uscc: str) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")]
    attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, common_name[:_LONGEST_NAME]))
    if uscc:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, uscc))
    attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, common_name[:_LONGEST_NAME]))
    return x509.Name(attributes)


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, at: datetime, years: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365 * years + years // 4))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _sealed(ring: KeyRing, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> bytes:
    sealed = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(ring.password(ring.current)),
    )
    return f"key-id: {ring.current}\n".encode() + sealed + certificate.public_bytes(serialization.Encoding.PEM)


@lru_cache(maxsize=256)
def _load(ring: KeyRing, path: Path) -> Identity:
    """Return the identity in a key file; unsealing is slow by design, so a process does it once per file."""
    first, _, body = path.read_bytes().partition(b"\n")
    key = serialization.load_pem_private_key(body, ring.password(first.decode().removeprefix("key-id: ")))
    certificate = x509.load_pem_x509_certificate(body[body.index(b"-----BEGIN CERTIFICATE") :])
    key_der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Identity(key_der, certificate.public_bytes(serialization.Encoding.DER))


def site_folder(home: Path) -> Path:
    """Return the folder of the keys, private to its user."""
    folder = home / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    return folder
