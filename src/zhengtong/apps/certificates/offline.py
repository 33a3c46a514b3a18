"""Verifying a certificate with nothing but the file and the root（离线验证）: no database, no network, no Django."""

from __future__ import annotations

from datetime import UTC, datetime

from zhengtong.apps.certificates.shapes import Finding, SignedFacts, Verification
from zhengtong.kit.identifiers import is_certificate_id, parse_certificate_id


def verify_offline(pdf_bytes: bytes, root_pem: bytes, *, at: datetime | None = None) -> Verification:
    """Return what the file alone proves: signed, by whom, under the given root, unchanged since.

    Whether it was revoked later cannot be known off line: that finding stays open and says so.
    """
    from zhengtong.apps.certificates import pades  # its library takes half a second to load: only where one checks

    facts = pades.check(pdf_bytes, root_pem=root_pem, at=at or datetime.now(UTC))
    return verification(facts, [STATUS_UNKNOWN])


def verification(facts: SignedFacts, more: list[Finding]) -> Verification:
    """Return the verdict over what the signature says and over `more` findings."""
    findings = (*_findings(facts), *more) if facts.is_signed else (_finding("signed", False),)
    return Verification(
        holds=all(finding.holds is not False for finding in findings),
        findings=findings,
        identifier=facts.identifier,
        title_zh=facts.title,
        issuer_zh=facts.signer,
        signed_by=facts.signer,
        signed_at=facts.signed_at,
    )


def _findings(facts: SignedFacts) -> list[Finding]:
    return [
        _finding("signed", True),
        _finding("intact", facts.is_intact and facts.covers_whole_file),
        _finding("trusted", facts.is_trusted),
        _finding("issuer", _is_by_its_issuer(facts)),
    ]


def _is_by_its_issuer(facts: SignedFacts) -> bool:
    if not is_certificate_id(facts.identifier):
        return False
    return parse_certificate_id(facts.identifier).issuer_code == facts.signer_uscc


_SENTENCES: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "signed": (
        ("文件带有电子签名。", "The file carries an electronic signature."),
        (
            "文件没有可识别的电子签名。请向持证人索取原始 PDF 文件，不要使用打印件的扫描件。",
            "The file carries no readable electronic signature. Ask the holder for the original PDF, not a scan.",
        ),
    ),
    "intact": (
        ("签发后未被改动。", "It has not been changed since it was signed."),
        ("签发后被改动过，不可采信。", "It has been changed since it was signed; do not rely on it."),
    ),
    "trusted": (
        ("签名证书由本平台根证书签发。", "The signing certificate was issued under the given root."),
        (
            "签名证书不是由本平台根证书签发的，或已过期。请核对根证书是否正确。",
            "The signing certificate was not issued under the given root, or has expired. Check the root.",
        ),
    ),
    "issuer": (
        ("签名机构与证照标识中的颁发机构一致。", "It was signed by the issuer its identifier names."),
        (
            "签名机构与证照标识不一致，不可采信。",
            "It was not signed by the issuer its identifier names; do not rely on it.",
        ),
    ),
}
STATUS_UNKNOWN = Finding(
    "status",
    None,
    "离线无法得知是否已被撤销。需要时请用证照标识在线查询。",
    "Off line nobody can tell whether it was revoked. Look its identifier up on line when that matters.",
)


def _finding(key: str, holds: bool) -> Finding:
    yes, no = _SENTENCES[key]
    zh, en = yes if holds else no
    return Finding(key, holds, zh, en)
