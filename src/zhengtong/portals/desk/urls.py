"""Addresses of the desk（路由）; every view asks for an officer."""

from __future__ import annotations

from django.urls import path

from zhengtong.portals.desk.views import case, deciding, indicators, queue

app_name = "desk"
urlpatterns = [
    path("", queue.start, name="home"),
    path("tasks/", queue.tasks, name="tasks"),
    path("pool/", queue.pool, name="pool"),
    path("search/", queue.search, name="search"),
    path("board/", queue.board, name="board"),
    path("indicators/", indicators.indicators, name="indicators"),
    path("indicators/<slug:code>/", indicators.indicator, name="indicator"),
    path("indicators/<slug:code>/cases/", indicators.behind, name="behind"),
    path("cases/<str:no>/", case.case, name="case"),
    path("cases/<str:no>/print", case.case_file, name="print"),
    path("cases/<str:no>/files/<uuid:file_id>", case.material, name="file"),
    path("cases/<str:no>/claim", deciding.claim, name="claim"),
    path("cases/<str:no>/release", deciding.release, name="release"),
    path("cases/<str:no>/accept", deciding.accept, name="accept"),
    path("cases/<str:no>/refuse", deciding.refuse, name="refuse"),
    path("cases/<str:no>/supplement", deciding.supplement, name="supplement"),
    path("cases/<str:no>/settle", deciding.settle, name="settle"),
]
