"""Certificates, their verification, and tracking by number（证照、验证、查进度）."""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.apps.cases import queries as cases
from zhengtong.apps.certificates import queries
from zhengtong.apps.certificates.shapes import Verification
from zhengtong.kit import Refused
from zhengtong.kit.text import normalise
from zhengtong.portals.citizen.contexts import (
    CertificateContext,
    CertificatesContext,
    ShowContext,
    TrackContext,
    VerifyContext,
)
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.languages import pick
from zhengtong.portals.ui.pages import clock, open_to_all, page, signed_in
from zhengtong.portals.ui.pieces import steps_of
from zhengtong.portals.ui.qr import qr_svg

SHOWN_SECONDS = 60
SHOWN_SALT = "zhengtong.shown-certificate"
MAX_PDF_BYTES = 10 * 1024 * 1024


@signed_in
def certificates(request: HttpRequest) -> HttpResponse:
    """List the certificates of the person or of whom they act for."""
    holder = request.actor.applicant
    found = queries.list_certificates(holder, request.actor, at=clock(request)) if holder else []
    return page(request, "citizen/certificates.html", CertificatesContext(tuple(found)))


@signed_in
def certificate(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show one certificate."""
    found = queries.get_certificate(identifier, request.actor, at=clock(request))
    return page(request, "citizen/certificate.html", CertificateContext(found))


@signed_in
def pdf(request: HttpRequest, identifier: str) -> HttpResponse:
    """Answer the signed PDF."""
    response = HttpResponse(queries.pdf(identifier, request.actor), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{identifier}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@signed_in
def show(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show a code that lets whoever scans it verify the certificate, for one minute."""
    found = queries.get_certificate(identifier, request.actor, at=clock(request))
    require_holder(request, found.identifier)
    token = signing.TimestampSigner(salt=SHOWN_SALT).sign_object(found.identifier)
    url = request.build_absolute_uri(reverse("citizen:shown", args=[token]))
    context = ShowContext(found, qr_svg(url), SHOWN_SECONDS, url)
    return page(request, "citizen/show.html", context)


def require_holder(request: HttpRequest, identifier: str) -> None:
    """Refuse to show a certificate for anybody but its holder or keeper; its issuer may read it, not present it."""
    holder = request.actor.applicant
    kept = queries.list_certificates(holder, request.actor, at=clock(request)) if holder else []
    if identifier not in {one.identifier for one in kept}:
        raise Refused(
            "portal.certificate.not-holder",
            "只有持证人或代其保管的人能出示这份证照。需要查看内容，请打开证照详情。",
            "Only its holder, or who keeps it for them, may present a certificate. To read it, open its details.",
            status=403,
        )


@open_to_all
def shown(request: HttpRequest, token: str) -> HttpResponse:
    """Verify a certificate shown by its holder; the code is good for a minute."""
    try:
        identifier = signing.TimestampSigner(salt=SHOWN_SALT).unsign_object(token, max_age=SHOWN_SECONDS)
    except signing.BadSignature:
        fault = Fault("", "identifier", _("这个二维码过期了。请对方点“换一个新码”再扫一次。"))
        return page(request, "citizen/verify.html", VerifyContext("", None, False, (fault,)), status=410)
    verification = queries.verify_identifier(identifier, at=clock(request))
    return page(request, "citizen/verify.html", VerifyContext(identifier, verification, True, ()))


@open_to_all
def verified(request: HttpRequest, identifier: str) -> HttpResponse:
    """Verify the certificate of an identifier: what the QR on paper opens."""
    verification = queries.verify_identifier(identifier, at=clock(request))
    return page(request, "citizen/verify.html", VerifyContext(identifier, verification, False, ()))


@open_to_all
def verify(request: HttpRequest) -> HttpResponse:
    """Verify by identifier or by the PDF itself."""
    identifier = normalise(request.POST.get("identifier", request.GET.get("identifier", "")))
    faults: tuple[Fault, ...] = ()
    found: Verification | None = None
    if request.method == "POST" or identifier:
        try:
            found = _verify(request, identifier)
        except Refused as refused:
            faults = (Fault("", "identifier", pick(refused.zh, refused.en)),)
    context = VerifyContext(identifier, found, False, faults)
    return page(request, "citizen/verify.html", context, status=422 if faults else 200)


def _verify(request: HttpRequest, identifier: str) -> Verification:
    upload = request.FILES.get("pdf") or request.FILES.get("file")
    if upload is not None:
        if upload.size > MAX_PDF_BYTES:
            raise Refused(
                "portal.verify.too-large",
                "文件超过 10 MB，不是本平台签发的证照。请上传下载时的原文件。",
                "The file is larger than 10 MB, so it is not a certificate of ours. Upload the file as downloaded.",
                status=413,
            )
        return queries.verify_pdf(upload.read(), at=clock(request))
    if not identifier:
        raise Refused(
            "portal.verify.nothing",
            "请填写证照标识，或者上传 PDF 文件。",
            "Enter the certificate identifier, or upload the PDF.",
        )
    return queries.verify_identifier(identifier, at=clock(request))


@open_to_all
def root(request: HttpRequest) -> HttpResponse:
    """Answer the site's root certificate."""
    response = HttpResponse(queries.root_certificate_pem(at=clock(request)), content_type="application/x-pem-file")
    response["Content-Disposition"] = 'attachment; filename="zhengtong-root.pem"'
    return response


@open_to_all
def track(request: HttpRequest) -> HttpResponse:
    """Show the progress of a case to whoever holds its number and its code."""
    no = normalise(request.POST.get("no", request.GET.get("no", ""))).replace(" ", "")
    phone = normalise(request.POST.get("phone", "")).replace(" ", "")
    code = normalise(request.POST.get("code", "")).replace(" ", "").upper()
    faults: list[Fault] = []
    found = None
    if request.method == "POST":
        if not no:
            faults.append(Fault("", "no", _("请填写办件编号")))
        if len(phone) != 4:
            faults.append(Fault("", "phone", _("请填写申请时登记的手机号后四位")))
        if not code:
            faults.append(Fault("", "code", _("请填写收件回执上的查询码")))
        if not faults:
            try:
                found = cases.track(no, phone, code)
            except Refused as refused:
                faults.append(Fault("", "no", pick(refused.zh, refused.en)))
    steps = steps_of(str(found.state)) if found else ()
    context = TrackContext(no, phone, code, found, steps, tuple(faults))
    return page(request, "citizen/track.html", context, status=422 if faults else 200)
