"""The wire（线路）: tokens, methods, cookies, encodings, sizes, addresses nobody made."""

from __future__ import annotations

from tests.apps.bad_input.doors import Page
from tests.apps.bad_input.rows.row import Row

REVIEW = "/my/reviews/new"
FORM = "application/x-www-form-urlencoded"
UNREADABLE, UNREADABLE_EN = "这个请求看不懂", "home page"
NUL, NUL_EN = "不可见的控制字符", "invisible control characters"

ROWS = [
    Row("a form without its token", Page("parent01", "/apply/{draft}/submit", post={}, protected=True), 403, "请返回上一页、刷新后再提交一次", "go back, reload and submit again"),
    Row("a decision without its token", Page("health.examiner2", "/desk/cases/{pool}/claim", post={"version": "{version:pool}"}, protected=True), 403, "请返回上一页、刷新后再提交一次", "go back, reload and submit again"),
    Row("submitting by a link", Page("parent01", "/apply/{draft}/submit"), 405),
    Row("deleting by a link", Page("parent01", "/apply/{draft}/discard"), 405),
    Row("claiming by a link", Page("health.examiner2", "/desk/cases/{pool}/claim"), 405),
    Row("revoking by a link", Page("public-security.approver", "/data/grants/{granted}/revoke"), 405),
    Row("a page for people, nobody signed in", Page("", "/my/"), 302),
    Row("a form saved after the session ended", Page("", "/apply/{permit_draft}/home/", post={"residence.address": "x"}), 302),
    Row("an address nobody made", Page("mother", "/no/such/page/"), 404, "网址可能抄错了", "home page"),
    Row("a language and a mode that do not exist", Page("mother", "/my/", cookies={"django_language": "xx-<script>", "mode": "../../etc"}), 200, "我的办件"),
    Row("a page of ²", Page("", "/services/?page=²"), 200, "全部服务"),
    Row("a page of minus one", Page("", "/services/?page=-1"), 200, "全部服务"),
    Row("a page far past the last", Page("", "/services/?page=99999"), 200, "全部服务"),
    Row("a queue page of 5000 digits", Page("health.examiner2", "/desk/tasks/?page=" + "9" * 5000), 200),
    Row("reads after ²", Page("mother", "/my/data/access/?after=²"), 200, "谁看过我的数据"),
    Row("reads after a number larger than any", Page("mother", "/my/data/access/?after=" + "9" * 30), 200, "谁看过我的数据"),
    Row("catalogue facets that do not exist", Page("", "/data/catalog/?share_type=9&provider=" + "x" * 100 + "&format=<b>"), 200),
    Row("a NUL in a search", Page("", "/search?q=%00%27"), 400, NUL, NUL_EN),
    Row("a NUL in an address", Page("", "/services/x%00y/"), 400, NUL, NUL_EN),
    Row("a NUL in the name of a field", Page("mother", REVIEW, post={"case": "{whole}", "tags\0": "x"}), 400, NUL, NUL_EN),
    Row("an address that is not UTF-8", Page("mother", "/my/cases/%ff%fe/"), 404, "找不到这个办件"),
    Row("a form that is not UTF-8", Page("mother", REVIEW, body=(FORM, "case=%ff&satisfaction=%fe")), 404, "找不到这个办件"),
    Row("a multipart form without a boundary", Page("mother", REVIEW, body=("multipart/form-data", "zz")), 400, UNREADABLE),
    Row("a multipart form that breaks off", Page("mother", REVIEW, body=("multipart/form-data; boundary=x", "--x\r\nbroken")), 404, "找不到这个办件"),
    Row("a file with a control character in its name", Page("newcomer", "/apply/{permit_draft}/materials/", post={"x": ""}, files={"file-home_proof": ("a\x07.pdf", b"MZ")}), 422, "无法收下"),
    Row("a file whose name is longer than a header may be", Page("newcomer", "/apply/{permit_draft}/materials/", post={"x": ""}, files={"file-home_proof": ("长" * 500 + ".pdf", b"MZ")}), 400, UNREADABLE),
    Row("three thousand fields", Page("mother", REVIEW, body=(FORM, "&".join(f"a{n}=1" for n in range(3000)))), 400, UNREADABLE),
    Row("a form of five megabytes", Page("mother", REVIEW, body=(FORM, "a=" + "x" * (5 << 20))), 400, UNREADABLE),
    Row("JSON where a form belongs", Page("mother", REVIEW, body=("application/json", '{"case": "{whole}"}')), 404, "找不到这个办件"),
    Row("a search of 100 kB", Page("", "/search?q=" + "x" * 100000), 200, "没有找到"),
    Row("a host that is not ours", Page("", "/", headers={"Host": "evil.example"}), 400),
]  # fmt: skip
