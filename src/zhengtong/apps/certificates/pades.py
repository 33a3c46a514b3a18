"""PAdES signatures（版式文件电子签名）made and checked; the only home of pyHanko."""

from __future__ import annotations

import asyncio
import io
import logging
from datetime import datetime
from functools import lru_cache
from typing import Any

from asn1crypto import cms, core, keys, pem, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from zhengtong.apps.certificates.shapes import SignedFacts

# A bad signature is an answer here, not an incident: its traceback does not belong into the log.
logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)

FIELD = "ElectronicSeal"
RESERVED_BYTES = 8192  # hexadecimal digits kept for the CMS object; ours with one P-256 certificate takes about 2,400


def sign(pdf: bytes, *, key_der: bytes, certificate_der: bytes, identifier: str, name: str, at: datetime) -> bytes:
    """Return the PDF with an invisible PAdES B-B signature over all of it, made at `at`; 10–25 ms."""
    signer = _signer(key_der, certificate_der)
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason=identifier, name=name
    )
    return asyncio.run(_sign(signers.PdfSigner(meta, signer, new_field_spec=SigFieldSpec(FIELD)), pdf, at))


async def _sign(pdf_signer: signers.PdfSigner, pdf: bytes, at: datetime) -> bytes:
    # PdfSigner.sign_pdf takes the time from the machine; the same steps with the clock as an argument.
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    session = pdf_signer.init_signing_session(writer)
    session.system_time = at.replace(microsecond=0)
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=RESERVED_BYTES)
    prepared, output = document.digest_tbs_document()
    await document.perform_signature(
        document_digest=prepared.document_digest,
        pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=session.system_time),
    )
    return bytes(output.getbuffer())


@lru_cache(maxsize=256)
def _signer(key_der: bytes, certificate_der: bytes) -> signers.SimpleSigner:
    certificate = x509.Certificate.load(certificate_der)
    # Nothing is embedded but the signer's own certificate: whatever else lay in the message would not be protected by it.
    return signers.SimpleSigner(certificate, keys.PrivateKeyInfo.load(key_der), SimpleCertificateStore())


def check(pdf: bytes, *, root_pem: bytes, at: datetime) -> SignedFacts:
    """Return what the signature of `pdf` says and whether it holds at `at` under `root_pem`; never asks the network."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        signatures = reader.embedded_signatures
        if not signatures:
            return SignedFacts(is_signed=False)
        return _facts(pdf, reader, signatures[0], root_pem, at)
    except Exception:  # noqa: BLE001
        # Strangers send anything here, and the readers underneath raise a dozen kinds of error on broken input (some of
        # them AttributeError): a file that cannot be read as a signed PDF is simply not one of ours.
        return SignedFacts(is_signed=False)


def _facts(pdf: bytes, reader: Any, signature: Any, root_pem: bytes, at: datetime) -> SignedFacts:
    context = ValidationContext(trust_roots=[_certificate(root_pem)], allow_fetching=False, moment=at)
    status = validate_pdf_signature(signature, context)
    subject = signature.signer_cert.subject.native
    title = reader.trailer["/Info"].get("/Title", "") if "/Info" in reader.trailer else ""
    return SignedFacts(
        is_signed=True,
        is_intact=bool(status.intact and status.valid) and _is_filled_as_written(pdf, signature),
        is_trusted=bool(status.trusted),
        covers_whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        identifier=str(signature.sig_object.get("/Reason", "")),
        title=str(title),
        signer=str(subject.get("common_name", "")),
        signer_uscc=str(subject.get("organization_identifier", "")),
        signed_at=signature.self_reported_timestamp,
    )


def _is_filled_as_written(pdf: bytes, signature: Any) -> bool:
    """Return whether the gap left for the signature holds exactly what we write there, and nothing but zeros after it.

    The gap is the one stretch a PDF signature cannot cover. What in it is protected (certificate, signed attributes,
    signature value) is put back into a message whose other members have the only values we write (RFC 5652 §5.1, §5.3);
    a byte changed anywhere else makes the two differ.
    """
    _, start, end, _ = (int(edge) for edge in signature.sig_object["/ByteRange"])
    digits = pdf[start + 1 : end - 1]
    signer = signature.signer_info
    sha256 = cms.DigestAlgorithm({"algorithm": "sha256", "parameters": core.Null()})
    members = {name: signer[name] for name in ("sid", "signed_attrs", "signature_algorithm", "signature")}
    message = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [sha256],
            "encap_content_info": {"content_type": "data"},
            "certificates": [signature.signer_cert],
            "signer_infos": [cms.SignerInfo({"version": "v1", "digest_algorithm": sha256, **members})],
        }
    )
    written = cms.ContentInfo({"content_type": "signed_data", "content": message}).dump()
    return digits == written.hex().upper().encode().ljust(len(digits), b"0")


def _certificate(root_pem: bytes) -> x509.Certificate:
    _, _, der = pem.unarmor(root_pem)
    return x509.Certificate.load(der)
