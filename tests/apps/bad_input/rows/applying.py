"""Applying（申请）: questions, pages of the form, files, submitting."""

from __future__ import annotations

import io
import zipfile

from tests.apps.bad_input.city import PDF
from tests.apps.bad_input.doors import Page
from tests.apps.bad_input.rows.row import Row

WHO, DRAFT = "newcomer", "/apply/{permit_draft}"
MINE = {"version": "{version:permit_draft}"}
HOME = {**MINE, "residence.address": "澜江市江东区滨河路 8 号", "residence.since": "2026-01-05"}
NOT_A_DOCUMENT = "内容不是 pdf、jpg、png 文件，或文件不完整。请更换文件后重新上传"
NOT_A_DOCUMENT_EN = "it is not a whole file of type pdf, jpg, png. Choose another file"


def bomb() -> bytes:
    """Return a package of eight megabytes of nothing that calls itself an OFD document."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("OFD.xml", b"\0" * (8 << 20))
    return held.getvalue()


def form(**changed: str) -> Page:
    return Page(WHO, f"{DRAFT}/home/", post={**HOME, **{name.replace("__", "."): v for name, v in changed.items()}})


def file(name: str, content: bytes, material: str = "home_proof") -> Page:
    return Page(WHO, f"{DRAFT}/materials/", post={"x": ""}, files={f"file-{material}": (name, content)})


ROWS = [
    Row("an unknown matter is applied for", Page(WHO, "/apply/nosuch/start", post={}), 404, "没有这个事项", "no such"),
    Row("no situation question is answered", Page(WHO, "/apply/residence-permit/start", post={}), 422, "请回答：您要办哪一种？", "Please answer"),
    Row("a question is answered with what was not offered", Page("mother", "/apply/birth/start", post={"answer-married": "perhaps", "answer-named": "recorded", "answer-settle": "mother"}), 422, "请回答：孩子的父母登记结婚了吗？", "Are the child's parents married?"),
    Row("an officer applies as an officer", Page("health.window", "/apply/residence-permit/start", post={"answer-kind": "first", "answer-reason": "home"}), 422, "请先以本人或企业身份登录", "Sign in as yourself"),
    Row("an unknown page of the form", Page(WHO, f"{DRAFT}/nosuch/"), 404, "这份申请没有这一页", "has no such page"),
    Row("a page of another situation is posted", Page(WHO, f"{DRAFT}/work/", post=HOME), 404, "这份申请没有这一页", "has no such page"),
    Row("a required field is left empty", form(residence__address=""), 422, "请填写现在住在哪里", "Where you live now"),
    Row("a required field is left out by a forged form", Page(WHO, f"{DRAFT}/home/", post=MINE), 422, "请填写", "Enter"),
    Row("a day that does not exist", form(residence__since="2026-02-30"), 422, "请填写真实的日期", "Enter a real date"),
    Row("words instead of a day", form(residence__since="昨天"), 422, "请填写真实的日期", "Enter a real date"),
    Row("a text shorter than any address", form(residence__address="x"), 422, "至少 4 个字", "at least 4 characters"),
    Row("a text of 100 kB", form(residence__address="好" * 34000), 422, "最多 200 个字", "at most 200 characters"),
    Row("a NUL in a field", form(residence__address="滨河路\0 8 号"), 400, "不可见的控制字符", "invisible control characters"),
    Row("a phone of five digits", Page(WHO, f"{DRAFT}/person/", post={**MINE, "person.phone": "12345"}), 422, "手机号码是 11 位数字，以 1 开头", "11 digits"),
    Row("two tabs: the older page is saved", Page(WHO, f"{DRAFT}/home/", post={**HOME, "version": "0"}), 409, "已在另一窗口于", "changed in another window"),
    Row("the draft of somebody else is opened", Page("mother", f"{DRAFT}/"), 404, "找不到这份草稿", "no such draft"),
    Row("the draft of somebody else is saved", Page("mother", f"{DRAFT}/home/", post=HOME), 404, "找不到这份草稿", "no such draft"),
    Row("the draft of somebody else is deleted", Page("mother", f"{DRAFT}/discard", post={}), 404, "找不到这份草稿", "no such draft"),
    Row("the draft of somebody else is submitted", Page("mother", f"{DRAFT}/submit", post=MINE), 404, "找不到这份草稿", "no such draft"),
    Row("submitting with fields and documents missing", Page(WHO, f"{DRAFT}/submit", post=MINE), 422, "请上传“住处证明”", "Upload “Proof of home”"),
    Row("submitting the older version", Page("parent01", "/apply/{draft}/submit", post={"version": "0"}), 409, "已在另一窗口于", "changed in another window"),
    Row("submitting twice answers the same case", Page("parent06", "/apply/{supplementing_sent}/submit", post={"version": "1"}), 303),
    Row("a submitted application is filled in again", Page("parent06", "/apply/{supplementing_sent}/home/", post=HOME), 303),
    Row("a submitted application gets another file", Page("parent06", "/apply/{supplementing_sent}/materials/", files={"file-home_proof": ("a.pdf", PDF)}), 303),
    Row("a submitted application is deleted", Page("parent06", "/apply/{supplementing_sent}/discard", post={}), 409, "已经提交，编号", "has been submitted as"),
    Row("no document is chosen", Page(WHO, f"{DRAFT}/materials/", post={}), 422, "还没有交住处证明", "Proof of home"),
    Row("a programme renamed pdf", file("租房合同.pdf", b"MZ\x90\0" + b"\0" * 500), 422, NOT_A_DOCUMENT, NOT_A_DOCUMENT_EN),
    Row("a web page as a document", file("a.html", b"<html><script>alert(1)</script>"), 422, NOT_A_DOCUMENT, NOT_A_DOCUMENT_EN),
    Row("a drawing with a script", file("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), 422, NOT_A_DOCUMENT, NOT_A_DOCUMENT_EN),
    Row("a zip bomb that calls itself OFD", file("a.ofd", bomb()), 422, NOT_A_DOCUMENT, NOT_A_DOCUMENT_EN),
    Row("a PDF cut off in the middle", file("a.pdf", PDF[:20]), 422, NOT_A_DOCUMENT, NOT_A_DOCUMENT_EN),
    Row("an empty file", file("a.pdf", b""), 422, "文件是空的", "the file is empty"),
    Row("a file larger than the limit", file("a.pdf", b"%PDF-1.4\n" + b"0" * (10 << 20) + b"%%EOF"), 422, "文件超过 10 MB", "larger than 10 MB"),
    Row("an exe with folders in its name", file("../../etc/passwd.pdf", b"MZ"), 422, NOT_A_DOCUMENT, NOT_A_DOCUMENT_EN),
    Row("an exe with 500 characters in its name", file("a" * 500 + ".pdf", b"MZ"), 422, NOT_A_DOCUMENT, NOT_A_DOCUMENT_EN),
    Row("a file for a material nobody asked for", file("a.pdf", PDF, "nosuch"), 422, "还没有交住处证明", "Proof of home"),
    Row("a file id that is none is dropped", Page(WHO, f"{DRAFT}/materials/", post={"drop": "nonsense"}), 404, "找不到这个文件", "no such file"),
    Row("a file of somebody else is dropped", Page(WHO, f"{DRAFT}/materials/", post={"drop": "{file}"}), 404, "找不到这个文件", "no such file"),
]  # fmt: skip
