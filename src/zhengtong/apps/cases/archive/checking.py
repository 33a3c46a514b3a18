"""The four checks of a case file（四性检测）: authenticity, integrity, usability, safety — from the bundle alone."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from zhengtong.apps.cases.archive.bundle import FORMAT, INDEX, LOG, digest_of
from zhengtong.apps.cases.archive.pages import UnreadableError, active_content, count_pages
from zhengtong.apps.cases.shapes import FileCheck, FileFinding
from zhengtong.apps.cases.sniffing import MEDIA_TYPES, sniff
from zhengtong.kit import digest, digest_bytes

MOST_BYTES = 2 * 1024**3
MOST_RATIO = 200
CHECKS = ("authenticity", "integrity", "usability", "safety")
Finding = tuple[str, str, str]


def check_bundle(bundle: bytes, *, expected: str = "") -> FileCheck:
    """Return the four checks of a bundle; `expected` is the digest the receipt of archiving commits to, where known.

    Authenticity（真实性）: every entry of the log says what its receipt commits to, and the index is the one that was
    archived. Integrity（完整性）: every document there with its hash, none besides, pages and log without a gap.
    Usability（可用性）: every document opens as what it says it is. Safety（安全性）: nothing infected, nothing that acts by
    itself, no name that leads out of the folder.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as package:
            unsafe = list(_unsafe_members(package))
            if unsafe:
                return _result({"safety": unsafe})
            members = {name: package.read(name) for name in package.namelist()}
            repeated = len(members) != len(package.namelist())
    except (zipfile.BadZipFile, OSError, NotImplementedError) as fault:
        return _result({"integrity": [("", f"打不开归档包：{fault}", f"the bundle cannot be opened: {fault}")]})
    try:
        index, log = json.loads(members[INDEX]), json.loads(members[LOG])
    except (KeyError, ValueError):
        return _result({"integrity": [(INDEX, "没有目录或办理记录", "there is no index or no log")]})
    return _result(
        {
            "authenticity": list(_authenticity(index, log, expected)),
            "integrity": list(_integrity(index, log, members, repeated=repeated)),
            "usability": list(_usability(index, members)),
            "safety": list(_safety(index, members)),
        }
    )


def _authenticity(index: Mapping[str, Any], log: list[dict[str, Any]], expected: str) -> Iterator[Finding]:
    if index.get("format") != FORMAT:
        yield INDEX, "不是本平台的归档包", "it is not a case file of this platform"
    if expected and digest_of(index) != expected:
        yield INDEX, "目录与归档时的存证不一致", "the index is not the one whose receipt was given"
    for entry in log:
        where = f"log#{entry.get('seq')}"
        if not _is_committed(entry):
            yield where, "办理记录与其回执不一致", "the entry is not what its receipt commits to"


def _is_committed(entry: Mapping[str, Any]) -> bool:
    """Return whether an entry's receipt is whole and commits to what the entry says.

    The digest of the receipt is what the public log carries under its number: an outsider asks for it there.
    """
    text = str(entry.get("receipt", ""))
    if digest_bytes(text.encode()) != entry.get("receipt_digest"):
        return False
    receipt = json.loads(text)
    said = receipt.get("body", {})
    return bool(
        receipt.get("no") == entry.get("receipt_no")
        and receipt.get("kind") == f"case.{entry.get('kind')}"
        and said.get("seq") == entry.get("seq")
        and said.get("payload") == digest(entry.get("payload", {}))
    )


def _integrity(
    index: Mapping[str, Any], log: list[dict[str, Any]], members: Mapping[str, bytes], *, repeated: bool
) -> Iterator[Finding]:
    named = {f"files/{one['name']}": one for one in index.get("entries", [])}
    if repeated or set(members) - {INDEX, LOG} != set(named):
        yield "", "文件多出、缺少或重名", "documents are missing, repeated, or not in the index"
    if hashlib.sha256(members[LOG]).hexdigest() != index.get("log", {}).get("sha256"):
        yield LOG, "办理记录被改动", "the log was changed"
    if [entry.get("seq") for entry in log] != list(range(1, len(log) + 1)):
        yield LOG, "办理记录有缺号", "the log has a gap"
    page = 1
    for name, one in named.items():
        content = members.get(name)
        if content is not None and hashlib.sha256(content).hexdigest() != one["sha256"]:
            yield name, "文件被改动", "the document was changed"
        if one["from_page"] != page or one["to_page"] < one["from_page"]:
            yield name, "页码不连续", "its page numbers do not follow"
        page = one["to_page"] + 1
    if index.get("pages") != page - 1:
        yield INDEX, "总页数不符", "the number of pages is wrong"


def _usability(index: Mapping[str, Any], members: Mapping[str, bytes]) -> Iterator[Finding]:
    for one in index.get("entries", []):
        name, content = f"files/{one['name']}", members.get(f"files/{one['name']}", b"")
        if one["media_type"] in ("text/html", "application/json"):
            try:
                content.decode("utf-8")
            except UnicodeDecodeError:
                yield name, "不是可读的文字", "it is not readable text"
            continue
        kind = sniff(content)
        if kind is None or MEDIA_TYPES[kind] != one["media_type"]:
            yield name, "内容与标明的类型不符", "it is not what it says it is"
            continue
        try:
            pages = count_pages(one["media_type"], content)
        except UnreadableError:
            yield name, "文件打不开", "it cannot be opened"
            continue
        if pages != one["to_page"] - one["from_page"] + 1:
            yield name, "页数与目录不符", "it has not the pages the index says"


def _safety(index: Mapping[str, Any], members: Mapping[str, bytes]) -> Iterator[Finding]:
    for one in index.get("entries", []):
        name = f"files/{one['name']}"
        if one["scan"] not in ("clean", "unscanned", ""):
            yield name, f"病毒查杀结果：{one['scan']}", f"the virus scan says {one['scan']}"
        found = active_content(one["media_type"], members.get(name, b""))
        if found:
            yield (
                name,
                f"含有活动内容或被加密：{'、'.join(found)}",
                f"it is encrypted or acts by itself: {', '.join(found)}",
            )


def _unsafe_members(package: zipfile.ZipFile) -> Iterator[Finding]:
    total = 0
    for member in package.infolist():
        path = PurePosixPath(member.filename)
        total += member.file_size
        if path.is_absolute() or ".." in path.parts or "\\" in member.filename:
            yield member.filename, "文件名指向归档包之外", "its name leads out of the bundle"
        if member.file_size > MOST_RATIO * max(1, member.compress_size) and member.file_size > 1 << 20:
            yield member.filename, "压缩比异常", "it unpacks to suspiciously much"
    if total > MOST_BYTES:
        yield "", "归档包过大", "the bundle is too large"


def _result(found: Mapping[str, list[Finding]]) -> FileCheck:
    findings = tuple(FileFinding(check, where, zh, en) for check in CHECKS for where, zh, en in found.get(check, []))
    failed = {finding.check for finding in findings}
    return FileCheck(tuple((check, check not in failed) for check in CHECKS), findings)
