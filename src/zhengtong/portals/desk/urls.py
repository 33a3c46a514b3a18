"""Addresses of the desk（路由）; every view asks for an officer."""

from __future__ import annotations

from django.urls import path

from zhengtong.portals.desk.views import batch, case, deciding, indicators, office, queue, steps

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
    path("asked/", office.asked, name="asked"),
    path("alerts/", office.alerts, name="alerts"),
    path("alerts/<int:alert_id>/seen", office.see_alert, name="see-alert"),
    path("reviews/", office.reviews, name="reviews"),
    path("substitutions/", office.substitutions, name="substitutions"),
    path("substitutions/<int:substitution_id>/end", office.end_substitution, name="end-substitution"),
    path("phrases/", office.phrases, name="phrases"),
    path("phrases/<int:phrase_id>/drop", office.drop_phrase, name="drop-phrase"),
    path("batch/", batch.batch, name="batch"),
    path("batch/done/", batch.done, name="batch-done"),
    path("cases/<str:no>/", case.case, name="case"),
    path("cases/<str:no>/print", case.case_file, name="print"),
    path("cases/<str:no>/files/<uuid:file_id>", case.material, name="file"),
    path("cases/<str:no>/archive/", case.archive, name="archive"),
    path("cases/<str:no>/archive/bundle", case.archive_bundle, name="archive-bundle"),
    path("cases/<str:no>/steps/<str:verb>", steps.step, name="step"),
    path("cases/<str:no>/claim", deciding.claim, name="claim"),
    path("cases/<str:no>/release", deciding.release, name="release"),
    path("cases/<str:no>/accept", deciding.accept, name="accept"),
    path("cases/<str:no>/refuse", deciding.refuse, name="refuse"),
    path("cases/<str:no>/supplement", deciding.supplement, name="supplement"),
    path("cases/<str:no>/propose-supplement", deciding.propose_supplement, name="propose-supplement"),
    path("cases/<str:no>/settle", deciding.settle, name="settle"),
]
