"""Addresses of the console（路由）: rules for every officer, simulations for analysts."""

from __future__ import annotations

from django.urls import path

from zhengtong.portals.console.views import jobs, rules, simulations

app_name = "console"
urlpatterns = [
    path("", rules.rules, name="home"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<slug:code>/", rules.rule, name="rule"),
    path("simulations/", simulations.simulations, name="simulations"),
    path("simulations/new/<slug:code>/", simulations.new, name="new-simulation"),
    path("simulations/<uuid:run_id>/", simulations.simulation, name="simulation"),
    path("simulations/<uuid:run_id>/repeat", simulations.repeat, name="repeat-simulation"),
    path("jobs/<uuid:run_id>/", jobs.job, name="job"),
]
