"""A browser without script（无脚本浏览器）: pages, links and forms over HTTP, nothing a person could not do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
from lxml import html
from lxml.html import FormElement, HtmlElement


class Unexpected(Exception):
    """The site did not do what the walk expects; says where, and what the page said instead."""


@dataclass
class Page:
    """One answer as a person sees it."""

    url: str
    status: int
    document: HtmlElement

    @property
    def title(self) -> str:
        return " ".join((self.document.findtext(".//h1") or self.document.findtext(".//title") or "").split())

    def text(self) -> str:
        """Return the words of the main part, blanks collapsed."""
        main = self.document.find(".//main")
        return " ".join((main if main is not None else self.document).text_content().split())

    def links(self, part: str) -> list[str]:
        """Return the addresses of links whose address contains `part`, in reading order, each once."""
        found = (urljoin(self.url, link.get("href")) for link in self.document.iter("a") if link.get("href"))
        return list(dict.fromkeys(address for address in found if part in address))

    def form(self, action: str = "") -> FormElement:
        """Return the first form that posts and whose address contains `action`."""
        for form in self.document.forms:
            if form.method == "POST" and action in (form.action or self.url) and not is_shell(form):
                return form
        raise Unexpected(f"{self.url} ({self.status}, {self.title!r}) has no form for {action!r}: {self.text()[:400]}")

    def has_form(self, action: str) -> bool:
        return any(
            f.method == "POST" and action in (f.action or self.url) and not is_shell(f) for f in self.document.forms
        )


def is_shell(form: FormElement) -> bool:
    """Return whether a form belongs to the page's frame (sign out, search), not to its content."""
    return any(ancestor.tag in ("header", "footer", "nav") for ancestor in form.iterancestors())


class Visitor:
    """One person with one session. Times out rather than hangs; follows redirects as a browser does."""

    def __init__(self, address: str, language: str = "zh") -> None:
        self.client = httpx.Client(base_url=address, follow_redirects=True, timeout=60)
        self.prefix = "/en" if language == "en" else ""
        self.page: Page | None = None
        self.clicks = 0

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def open(self, path: str, expect: int = 200) -> Page:
        """Open an address and return its page; a status other than expected is Unexpected."""
        address = path if path.startswith("http") else self.prefix + path
        return self._seen(self.client.get(address), expect)

    def open_as_is(self, address: str, expect: int = 200) -> Page:
        """Open an address as the page gave it, language prefix and all."""
        return self._seen(self.client.get(urljoin(self.page.url if self.page else "", address)), expect)

    def submit(
        self,
        form: FormElement,
        values: dict[str, Any] | None = None,
        files: dict[str, Path | tuple[str, bytes]] | None = None,
        expect: int = 200,
    ) -> Page:
        """Fill the form's fields and send it, all hidden fields and defaults included.

        `values` may hold lists for repeated fields; a name the form does not have is Unexpected, so that a walk never
        sends what a person could not.
        """
        known = {field.get("name") for field in form.iter("input", "select", "textarea", "button")}
        unknown = set(values or ()) - known
        if unknown:
            raise Unexpected(
                f"{self.page.url if self.page else ''}: the form has no field {sorted(unknown)}, only {sorted(filter(None, known))}"
            )
        sent: dict[str, list[Any]] = {}
        for name, value in form.form_values():
            sent.setdefault(name, []).append(value)
        for name, value in (values or {}).items():
            sent[name] = list(value) if isinstance(value, (list, tuple)) else [value]
        target = urljoin(self.page.url if self.page else "", form.action or "")
        headers = {"Referer": self.page.url} if self.page else {}
        self.clicks += 1
        uploads = {name: opened(file) for name, file in (files or {}).items()}
        if form.get("enctype") == "multipart/form-data":
            uploads = uploads or {"": ("", b"")}
        return self._seen(self.client.post(target, data=sent, files=uploads or None, headers=headers), expect)

    def sign_in(self, username: str, password: str) -> Page:
        """Sign in with the site's own form."""
        page = self.open("/accounts/login/")
        self.submit(page.form("login"), {"login": username, "password": password})
        if "/accounts/login" in self.page.url:
            raise Unexpected(f"{username} could not sign in: {self.page.text()[:300]}")
        return self.page

    def download(self, path: str) -> bytes:
        """Return the bytes behind an address."""
        response = self.client.get(path)
        if response.status_code != 200:
            raise Unexpected(f"{path} answered {response.status_code}")
        return response.content

    def _seen(self, response: httpx.Response, expect: int) -> Page:
        document = html.document_fromstring(response.content.decode(response.encoding or "utf-8") or "<html></html>")
        self.page = Page(str(response.url), response.status_code, document)
        if response.status_code != expect:
            raise Unexpected(
                f"{response.request.method} {response.url} answered {response.status_code}, not {expect}: {self.page.text()[:600]}"
            )
        return self.page


def opened(file: Path | tuple[str, bytes]) -> tuple[str, bytes]:
    return (file.name, file.read_bytes()) if isinstance(file, Path) else file
