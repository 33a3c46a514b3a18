"""Addresses of the console（路由）: rules for every officer, simulations for analysts."""

from __future__ import annotations

from django.urls import path

from zhengtong.portals.console.views import jobs, matters, proofs, rules, simulations

app_name = "console"
urlpatterns = [
    path("", rules.rules, name="home"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<slug:code>/", rules.rule, name="rule"),
    path("matters/", matters.matters, name="matters"),
    path("matters/drafts/", matters.drafts, name="drafts"),
    path("matters/<str:code>/", matters.matter, name="matter"),
    path("matters/<str:code>/draft", matters.draft, name="draft"),
    path("matters/<str:code>/step", matters.step, name="step"),
    path("matters/<str:code>/compare", matters.choose, name="choose"),
    path("matters/<str:code>/compare/<int:before>/<int:after>/", matters.compare, name="compare"),
    path("proofs/", proofs.proofs, name="proofs"),
    path("proofs/propose", proofs.propose, name="propose"),
    path("simulations/", simulations.simulations, name="simulations"),
    path("simulations/new/<slug:code>/", simulations.new, name="new-simulation"),
    path("simulations/<uuid:run_id>/", simulations.simulation, name="simulation"),
    path("simulations/<uuid:run_id>/repeat", simulations.repeat, name="repeat-simulation"),
    path("jobs/<uuid:run_id>/", jobs.job, name="job"),
]
