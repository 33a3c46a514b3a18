"""Sharing data（数据共享）: declarations, files of rows, requests, approvals, grants, calling systems."""

from __future__ import annotations

from pathlib import Path

from tests.apps.bad_input.doors import Page
from tests.apps.bad_input.rows.row import Row

POPULATION = (Path(__file__).parents[4] / "packs/_shared/resources/population.yaml").read_text("utf-8")
FRESH = POPULATION.replace("name: population", "name: population2").replace("101001/000001", "101001/000077", 1)
STEWARD, APPROVER, ASKER = "public-security.data", "public-security.approver", "education.data"
RIGHT, RIGHT_EN = "请由有此权限的人员办理", "Ask a colleague who has it"
PARTY, PARTY_EN = "或它与您的机构无关。请核对编号", "your organisation is no party to it"
FIELDS, FIELDS_EN = "同意的数据项须是申请数据项的一部分", "must be one or more of those requested"
GOOD = {"fields": ["id_number"], "usage_basis": "条例第二十条", "usage_scenario": "核对身份", "usage_scope": "逐件", "share_modes": ["api"], "valid_from": "2099-01-01", "valid_until": "2099-12-31"}  # fmt: skip


def declared(text: str, who: str = STEWARD) -> Page:
    return Page(who, "/data/register", post={"declaration": text})


def without(element: str) -> str:
    return "\n".join(line for line in FRESH.splitlines() if not line.startswith(f"{element}:"))


def loaded(name: str, content: bytes, who: str = STEWARD) -> Page:
    return Page(who, "/data/sets/population/load", post={"x": ""}, files={"source": (name, content)})


def asked(who: str = ASKER, **changed: object) -> Page:
    return Page(who, "/data/sets/population/request", post={**GOOD, **changed})


def approved(who: str = APPROVER, **post: object) -> Page:
    return Page(who, "/data/requests/{submitted}/approve", post={"conditions": "", **post})


def ended(who: str, grant: str, action: str = "revoke", reason: str = "用途已结束") -> Page:
    return Page(who, f"/data/grants/{{{grant}}}/{action}", post={"reason": reason})


ROWS = [
    Row("a resident at the grants", Page("mother", "/data/grants/"), 403, "这里只对有岗位的工作人员开放", "open to officers with a post only"),
    Row("a declaration without its title", declared(without("title_zh")), 422, "缺少“数据目录名称”，请补填后再提交。（《政务数据共享条例》第十三条）", "is missing: fill it in"),
    Row("a declaration without its format", declared(without("format")), 422, "缺少“数据格式”", "is missing: fill it in"),
    Row("a declaration without its update cycle", declared(without("update_cycle")), 422, "更新", "update_cycle"),
    Row("a declaration with a code that cannot be", declared(FRESH.replace("101001/000077", "1/2")), 422, "code", "code"),
    Row("a declaration with a share type that is none", declared(FRESH.replace("share_type: 2", "share_type: 9", 1)), 422, "share_type", "share_type"),
    Row("a declaration with a code list nobody has", declared(FRESH.replace("code_list: sex", "code_list: nosuch")), 422, "代码表“nosuch”不存在", "no code list"),
    Row("a resource that is registered already", declared(POPULATION), 409, "已在目录中，请换一个或修改原条目", "in the catalogue already"),
    Row("a declaration of another department", declared(FRESH, "health.data"), 422, "请由该部门登记，或改正声明", "correct one of them"),
    Row("an empty declaration", declared(""), 422, "请粘贴或上传声明", "Paste or upload the declaration"),
    Row("a declaration that is a list", declared("- 1\n- 2"), 422, "声明应是“名称: 值”的列表", "mapping of names to values"),
    Row("a declaration that cannot be parsed", declared("a: [1"), 422, "这一行的格式读不懂", "cannot be parsed"),
    Row("a declaration that would run a command", declared("!!python/object/apply:os.system ['id']"), 422, "声明应是“名称: 值”的列表", "mapping of names to values"),
    Row("a declaration of a megabyte", declared("# " + "x" * (1 << 20)), 422, "不能超过 512 KB", "may not exceed 512 KB"),
    Row("a declaration by a window officer", declared(FRESH, "public-security.window"), 403, RIGHT, RIGHT_EN),
    Row("rows that are a programme", loaded("a.exe", b"MZ"), 422, "数据文件应为 CSV、TSV 或 Parquet", "must be CSV, TSV or Parquet"),
    Row("rows that are nothing", loaded("a.csv", b""), 422, "不能是空的", "may not be empty"),
    Row("rows of other columns", loaded("a.csv", "姓名,年龄\n王,1\n".encode()), 422, "文件缺少字段", "lacks the columns"),
    Row("rows in no encoding", loaded("a.csv", b"\xff\xfe\x00\x80\x81"), 422, "文件是空的，没有可装载的内容", "The file is empty"),
    Row("rows in a damaged Parquet", loaded("a.parquet", b"PAR1junk"), 422, "文件可能损坏或不是 Parquet", "Parquet"),
    Row("rows into another department's resource", loaded("a.csv", b"a,b\n", "health.data"), 403, RIGHT, RIGHT_EN),
    Row("a resource nobody registered", Page(STEWARD, "/data/sets/nosuch/"), 404, "目录中没有资源“nosuch”", "nosuch"),
    Row("publishing by the provider itself", Page(STEWARD, "/data/sets/population/publish", post={}), 403, RIGHT, RIGHT_EN),
    Row("withdrawing without a reason", Page(APPROVER, "/data/sets/population/withdraw", post={"reason": ""}), 422, "请写明撤下的理由", "reason"),
    Row("asking for a field that does not exist", asked(fields=["nosuch"]), 422, "不存在：nosuch", "Unknown"),
    Row("asking for nothing", asked(fields=[]), 422, "请至少选一个可共享的数据项", "at least one shareable field"),
    Row("asking without a basis", asked(usage_basis=""), 422, "请填写使用依据", "Fill in basis"),
    Row("asking without a way of sharing", asked(share_modes=[]), 422, "请从中选择", "choose from these"),
    Row("asking for a way that is not offered", asked(share_modes=["telepathy"]), 422, "请从中选择", "choose from these"),
    Row("asking for the past", asked(valid_until="2020-01-01"), 422, "止日不得早于起日，也不得早于今天", "may not end before it starts"),
    Row("asking until a day that does not exist", asked(valid_until="2027-02-30"), 422, "请填写真实的日期", "Give a real date"),
    Row("asking by a window officer", asked("education.window"), 403, RIGHT, RIGHT_EN),
    Row("consenting to one's own request", Page(ASKER, "/data/requests/{internal}/consent", post={}), 403, "或请有权限的人办理", "ask somebody with the right"),
    Row("consenting for another organisation", Page("health.approver", "/data/requests/{internal}/consent", post={}), 404, PARTY, PARTY_EN),
    Row("approving one's own request", approved("education.approver", fields=["id_number"]), 403, "或请有权限的人办理", "ask somebody with the right"),
    Row("approving before the own head consented", Page(APPROVER, "/data/requests/{internal}/approve", post={"fields": ["id_number"]}), 403, "或请有权限的人办理", "ask somebody with the right"),
    Row("approving more fields than were requested", approved(fields=["id_number", "name", "phone"]), 422, FIELDS, FIELDS_EN),
    Row("approving no field", approved(), 422, FIELDS, FIELDS_EN),
    Row("approving with a quota of ²", approved(fields=["id_number"], quota_per_day="²"), 422, "请填写整数", "whole number"),
    Row("approving with a mask nobody has", approved(fields=["id_number"], **{"mask-id_number": "nosuch"}), 422, "没有名为“nosuch”", "There is no mask named nosuch"),
    Row("approving rows by a field that does not exist", approved(fields=["id_number"], row_field="nosuch", row_values="1"), 422, "限定行用的数据项不存在", "limited by unknown fields"),
    Row("rejecting without the law", Page(APPROVER, "/data/requests/{submitted}/reject", post={"reason": "不同意", "basis": ""}), 422, "请填写不同意的依据", "the basis of the rejection"),
    Row("a request of others", Page("health.data", "/data/requests/{submitted}/"), 404, PARTY, PARTY_EN),
    Row("a grant of others", Page("health.data", "/data/grants/{granted}/"), 404, PARTY, PARTY_EN),
    Row("revoking twice", ended(APPROVER, "revoked"), 409, "不能撤销", "cannot be done to it now"),
    Row("revoking without a reason", ended(APPROVER, "granted", reason=""), 422, "请填写理由", "Fill in the reason"),
    Row("revoking as the consumer", ended("tax.data", "granted"), 403, RIGHT, RIGHT_EN),
    Row("revoking as a stranger to the grant", ended("health.approver", "granted"), 404, PARTY, PARTY_EN),
    Row("resuming what runs", ended(APPROVER, "granted", "resume"), 409, "不能恢复", "cannot be done to it now"),
    Row("suspending what is suspended", ended(APPROVER, "suspended", "suspend"), 409, "不能暂停", "cannot be done to it now"),
    Row("a calling system without a name", Page(ASKER, "/data/clients/register", post={"name": ""}), 422, "请填写应用名称", "Fill in a name"),
    Row("another organisation's secret is replaced", Page(ASKER, "/data/clients/{granted_client}/rotate", post={}), 403, RIGHT, RIGHT_EN),
]  # fmt: skip
