"""Addresses of the portal（路由）; the audience is everybody, each view says who may enter."""

from __future__ import annotations

from django.urls import path

from zhengtong.portals.citizen.views import apply, finding, identity, mine, papers, reads, texts

app_name = "citizen"
urlpatterns = [
    path("", finding.home, name="home"),
    path("search", finding.search, name="search"),
    path("services/", finding.services, name="services"),
    path("services/theme/<slug:slug>/", finding.theme, name="theme"),
    path("services/dept/<str:code>/", finding.department, name="department"),
    path("services/<str:code>/", finding.guide, name="service"),
    path("life/", finding.life_events, name="life-events"),
    path("life/<str:code>/", finding.life_event, name="life"),
    path("apply/<str:code>/start", apply.start, name="start"),
    path("apply/<uuid:draft_id>/", apply.overview, name="overview"),
    path("apply/<uuid:draft_id>/materials/", apply.materials, name="materials"),
    path("apply/<uuid:draft_id>/check/", apply.check, name="check"),
    path("apply/<uuid:draft_id>/submit", apply.submit, name="submit"),
    path("apply/<uuid:draft_id>/done/", apply.done, name="done"),
    path("apply/<uuid:draft_id>/discard", apply.discard, name="discard"),
    path("apply/<uuid:draft_id>/<slug:page_id>/", apply.form_page, name="form"),
    path("my/", mine.my, name="my"),
    path("my/cases/<str:no>/", mine.case, name="case"),
    path("my/cases/<str:no>/receipt", mine.receipt, name="receipt"),
    path("my/cases/<str:no>/supplement", mine.supplement, name="supplement"),
    path("my/cases/<str:no>/supplement/", mine.supplement),
    path("my/cases/<str:no>/withdraw", mine.withdraw, name="withdraw"),
    path("my/inbox/", mine.inbox, name="inbox"),
    path("my/inbox/<int:notice_id>/", mine.read_notice, name="read-notice"),
    path("my/reviews/new", mine.review, name="review"),
    path("my/certificates/", papers.certificates, name="certificates"),
    path("my/certificates/<str:identifier>/", papers.certificate, name="certificate"),
    path("my/certificates/<str:identifier>/pdf", papers.pdf, name="pdf"),
    path("my/certificates/<str:identifier>/show", papers.show, name="show"),
    path("my/data/", reads.my_data, name="my-data"),
    path("my/data/access/", reads.access, name="access"),
    path("my/data/receipts/<str:no>/", reads.proof, name="proof"),
    path("track/", papers.track, name="track"),
    path("verify/", papers.verify, name="verify"),
    path("verify/root.pem", papers.root, name="root"),
    path("verify/shown/<str:token>/", papers.shown, name="shown"),
    path("verify/<str:identifier>/", papers.verified, name="verified"),
    path("identity/switch", identity.switch, name="identity"),
    path("delegations/", identity.delegations, name="delegations"),
    path("help/", texts.help_page, name="help"),
    path("privacy/", texts.privacy, name="privacy"),
    path("accessibility/", texts.accessibility, name="accessibility"),
    path("sitemap/", texts.sitemap, name="sitemap"),
    path("feedback/", texts.feedback, name="feedback"),
]
