"""Addresses of the interface: one for each path of `operations`, and its description."""

from __future__ import annotations

import re

from django.urls import path

from zhengtong.api.answering import unknown, view_of
from zhengtong.api.openapi import document
from zhengtong.api.operations import OPERATIONS

app_name = "api"
PATHS = list(dict.fromkeys(one.path for one in OPERATIONS))


def _pattern(template: str) -> str:
    return re.sub(r"{(\w+)}", r"<str:\1>", template)


urlpatterns = [
    path("openapi.json", document, name="openapi"),
    *(path(_pattern(one), view_of(one), name=one.replace("/", "-").replace("{", "").replace("}", "")) for one in PATHS),
    path("", unknown, name="root"),
    path("<path:rest>", unknown, name="unknown"),
]
