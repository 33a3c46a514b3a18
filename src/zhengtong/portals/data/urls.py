"""Addresses of the data portal（路由）. The catalogue is open as far as its data are; everything else asks for an officer."""

from __future__ import annotations

from django.urls import path

from zhengtong.portals.data.views import (
    catalog,
    clients,
    corrections,
    dataset,
    grants,
    home,
    proceedings,
    register,
    requests,
    supervision,
)

app_name = "data"
urlpatterns = [
    path("", home.home, name="home"),
    path("catalog/", catalog.catalog, name="catalog"),
    path("register", register.register, name="register"),
    path("sets/<slug:name>/", dataset.dataset, name="dataset"),
    path("sets/<slug:name>/load", dataset.load, name="load"),
    path("sets/<slug:name>/assess", dataset.assess, name="assess"),
    path("sets/<slug:name>/approve", dataset.approve, name="approve"),
    path("sets/<slug:name>/publish", dataset.publish, name="publish"),
    path("sets/<slug:name>/withdraw", dataset.withdraw, name="withdraw"),
    path("sets/<slug:name>/request", requests.ask, name="ask"),
    path("sets/<slug:name>/doubt", corrections.doubt, name="doubt"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<str:no>/", requests.request_page, name="request"),
    path("requests/<str:no>/consent", requests.consent, name="consent"),
    path("requests/<str:no>/approve", requests.approve, name="approve-request"),
    path("requests/<str:no>/reject", requests.reject, name="reject"),
    path("requests/<str:no>/ask-supplement", requests.ask_supplement, name="ask-supplement"),
    path("requests/<str:no>/supplement", requests.supplement, name="supplement"),
    path("requests/<str:no>/withdraw", requests.withdraw, name="withdraw-request"),
    path("requests/<str:no>/dispute", proceedings.dispute_request, name="dispute-request"),
    path("grants/", grants.grants, name="grants"),
    path("grants/<str:no>/", grants.grant, name="grant"),
    path("grants/<str:no>/revoke", grants.revoke, name="revoke"),
    path("grants/<str:no>/suspend", grants.suspend, name="suspend"),
    path("grants/<str:no>/resume", grants.resume, name="resume"),
    path("grants/<str:no>/misuse", proceedings.misuse, name="misuse"),
    path("grants/<str:no>/dispute", proceedings.dispute_grant, name="dispute-grant"),
    path("demands/", proceedings.demands, name="demands"),
    path("demands/new", proceedings.post, name="post-demand"),
    path("proceedings/<str:no>/", proceedings.proceeding, name="proceeding"),
    path("proceedings/<str:no>/<slug:name>", proceedings.step, name="step"),
    path("corrections/", corrections.corrections, name="corrections"),
    path("corrections/<str:no>/", corrections.correction, name="correction"),
    path("corrections/<str:no>/answer", corrections.answer, name="answer-correction"),
    path("corrections/<str:no>/close", corrections.close, name="close-correction"),
    path("corrections/<str:no>/withdraw", corrections.withdraw, name="withdraw-correction"),
    path("supervision/", supervision.supervision, name="supervision"),
    path("clients/", clients.clients, name="clients"),
    path("clients/register", clients.register, name="register-client"),
    path("clients/<slug:client_id>/rotate", clients.rotate, name="rotate-client"),
    path("clients/<slug:client_id>/key", clients.set_key, name="client-key"),
]
