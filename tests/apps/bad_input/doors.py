"""The doors a stranger has（入口）: pages as somebody, the sharing gateway, the command line — each a frozen row of a table.

Text in braces ({draft}, {certificate}, {version:pool} …) is filled in from the city when the row is carried out.
"""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import quote

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from tests.apps.bad_input.city import City
from zhengtong.apps.cases.models import Case, Draft
from zhengtong.cli import main

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Fill = Callable[[Any], Any]


@dataclass(frozen=True)
class Answer:
    """What the door answered: an HTTP status or an exit code, and the words as a person reads them."""

    status: int
    words: str
    raw: str
    location: str = ""


@dataclass(frozen=True)
class Page:
    """One request to the pages, as `who` ("" is nobody); what it posts, with which files, cookies and headers."""

    who: str
    path: str
    post: Mapping[str, Any] | None = None
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    body: tuple[str, bytes] | None = None
    cookies: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    protected: bool = False

    def knock(self, city: City, prefix: str = "", client: Client | None = None) -> Answer:
        """Send the request and return its answer; a fault of ours is an answer of 500, not an exception."""
        fill = filler(city)
        client = client or browser(self.who, self.protected)
        for name, value in self.cookies.items():
            client.cookies[name] = value
        address = prefix + fill(self.path)
        if self.body is not None:
            kind, content = self.body
            response = client.generic("POST", address, content, content_type=kind, headers=dict(self.headers))
        elif self.post is not None or self.files:
            response = client.post(address, self._form(city, fill), headers=dict(self.headers))
        else:
            response = client.get(address, headers=dict(self.headers))
        raw = response.content.decode("utf-8", "replace")
        return Answer(response.status_code, words_of(raw), raw, response.headers.get("Location", ""))

    def _form(self, city: City, fill: Fill) -> dict[str, Any]:
        sent = {name: fill(value) for name, value in (self.post or {}).items()}
        for name, (filename, content) in self.files.items():
            content = city.files.get(content.decode("latin-1").strip("{}"), content) if content[:1] == b"{" else content
            sent[name] = SimpleUploadedFile("x", content, "application/octet-stream")
            sent[name]._name = filename
        return sent


@dataclass(frozen=True)
class Gateway:
    """One call at the sharing gateway with the credentials of a client of the city, or with others."""

    path: str
    client: str = "granted"
    secret: str = ""
    method: str = "GET"
    header: str | None = None

    def knock(self, city: City, prefix: str = "") -> Answer:
        """Call the WSGI callable itself and return what it said."""
        from zhengtong.gateway import gateway

        fill = filler(city)
        path, _, query = fill(self.path).partition("?")
        known = city.names.get(f"{self.client}_client", self.client)
        secret = fill(self.secret) or city.names.get(f"{self.client}_secret", "")
        basic = "Basic " + base64.b64encode(f"{known}:{secret}".encode()).decode()
        environ = {
            "REQUEST_METHOD": self.method,
            "PATH_INFO": path.encode().decode("latin-1"),
            "QUERY_STRING": quote(query, safe="=&,"),
            "HTTP_AUTHORIZATION": basic if self.header is None else self.header,
        }
        told: list[str] = []
        body = b"".join(gateway(environ, lambda status, _headers: told.append(status)))
        raw = body.decode()
        return Answer(int(told[0].split()[0]), raw, raw)


@dataclass(frozen=True)
class Command:
    """One run of the `zhengtong` command with files written into an empty folder; `{folder}` is that folder."""

    words: tuple[str, ...]
    files: Mapping[str, bytes | Callable[[City], bytes]] = field(default_factory=dict)

    def knock(self, city: City, folder: Path, capture: Callable[[], tuple[str, str]]) -> Answer:
        """Run the command and return its exit code and everything it printed."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content(city) if callable(content) else content)
        arguments = ["zhengtong", *(word.replace("{folder}", str(folder)) for word in self.words)]
        code = 0
        with mock.patch.object(sys, "argv", arguments):
            try:
                main()
            except SystemExit as ended:
                code = int(ended.code or 0)
        said = "".join(capture())
        return Answer(code, said, said)


def browser(who: str, protected: bool = False) -> Client:
    """Return a signed-in browser; `protected` keeps Django's CSRF check on, as in production."""
    client = Client(enforce_csrf_checks=protected, raise_request_exception=False)
    if who:
        client.force_login(get_user_model().objects.get(username=who), BACKEND)
    return client


def filler(city: City) -> Fill:
    """Return what puts the city's numbers into a text, at any depth of a form."""

    def fill(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return [fill(one) for one in value]
        if not isinstance(value, str):
            return value
        value = re.sub(r"\{version:(\w+)\}", lambda found: str(version_of(city, found[1])), value)
        return re.sub(r"\{(\w+)\}", lambda found: city.names.get(found[1], found[0]), value)

    return fill


def version_of(city: City, name: str) -> int:
    """Return the version of a draft or case of the city, as its page would carry it."""
    if name.endswith(("draft", "sent")):
        return Draft.objects.get(pk=city.names[name]).version
    record = Case.objects.get(no=city.names[name])
    return record.actions.count()


def words_of(raw: str) -> str:
    """Return what a person reads on the page, blanks collapsed; the text itself where it is no page."""
    if "<html" not in raw[:300] and "<div" not in raw[:300]:
        return raw
    document = html.document_fromstring(raw.encode(), parser=html.HTMLParser(encoding="utf-8"))
    for hidden in document.xpath("//script|//style|//head"):
        hidden.drop_tree()
    return " ".join(document.text_content().split())
