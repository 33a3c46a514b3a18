"""What is one's own（我的）: cases, certificates, receipts, messages, reviews, withdrawal; tracking and verifying by strangers."""

from __future__ import annotations

from tests.apps.bad_input.city import PDF
from tests.apps.bad_input.doors import Page
from tests.apps.bad_input.rows.row import Row

NO_CASE, NO_CASE_EN = "找不到这个办件，或您无权查看。请核对编号", "There is no such case, or it is not yours"
NO_PAPER, NO_PAPER_EN = "找不到这个证照", "certificate"
UNMATCHED = "编号、手机尾号或查询码对不上"
REVIEW = {"case": "{whole}", "satisfaction": "1"}
LEVEL, LEVEL_EN = "请选一个满意程度", "Choose how satisfied you are"


def reviewed(**changed: object) -> Page:
    return Page("mother", "/my/reviews/new", post={**REVIEW, **changed})


def shown(content: bytes) -> Page:
    return Page("", "/verify/", post={"x": ""}, files={"pdf": ("证照.pdf", content)})


def altered() -> Page:
    """The mother's certificate with one byte of its signed content changed."""
    return Page("", "/verify/", post={"x": ""}, files={"pdf": ("证照.pdf", b"{altered}")})


ROWS = [
    Row("another person's case", Page("father", "/my/cases/{whole}/"), 404, NO_CASE, NO_CASE_EN),
    Row("another person's submission receipt", Page("father", "/my/cases/{whole}/receipt"), 404, NO_CASE, NO_CASE_EN),
    Row("a case number that nobody has", Page("mother", "/my/cases/99010220261122999999/"), 404, NO_CASE, NO_CASE_EN),
    Row("a case number with SQL in it", Page("mother", "/my/cases/1' OR '1'='1/"), 404, NO_CASE, NO_CASE_EN),
    Row("another person's certificate", Page("parent01", "/my/certificates/{certificate}/"), 404, NO_PAPER, NO_PAPER_EN),
    Row("another person's certificate as a PDF", Page("parent01", "/my/certificates/{certificate}/pdf"), 404, NO_PAPER, NO_PAPER_EN),
    Row("another person's certificate as a code to show", Page("parent01", "/my/certificates/{certificate}/show"), 404, NO_PAPER, NO_PAPER_EN),
    Row("another person's receipt of evidence", Page("parent01", "/my/data/receipts/{receipt}/"), 404, NO_CASE, NO_CASE_EN),
    Row("a receipt that does not exist", Page("mother", "/my/data/receipts/R000/"), 404, "回执", "receipt"),
    Row("another person's message is marked read", Page("father", "/my/inbox/{notice}/", post={}), 404, "没有这条消息", "There is no such message"),
    Row("a message number larger than any", Page("mother", "/my/inbox/99999999999999999999999/", post={}), 404, "没有这条消息", "There is no such message"),
    Row("another person's case is withdrawn", Page("father", "/my/cases/{pool_whole}/withdraw", post={}), 404, NO_CASE, NO_CASE_EN),
    Row("a settled case is withdrawn", Page("mother", "/my/cases/{whole}/withdraw", post={}), 409, "不能“撤回”。请刷新查看最新状态", "does not allow “Withdrawn”"),
    Row("a withdrawn case is withdrawn again", Page("parent05", "/my/cases/{gone_whole}/withdraw", post={}), 409, "已撤回", "Withdrawn"),
    Row("withdrawing with a reason of 100 kB", Page("parent02", "/my/cases/{pool_whole}/withdraw", post={"reason": "好" * 34000}), 422, "请写明理由（不超过 1000 字）", "at most 1000 characters"),
    Row("a supplement without what was asked for", Page("parent06", "/my/cases/{supplementing}/supplement", post={}), 422, "还缺“住处证明”", "“Proof of home” is still missing"),
    Row("a supplement of the wrong type", Page("parent06", "/my/cases/{supplementing}/supplement", post={"x": ""}, files={"file-home_proof": ("a.pdf", b"MZ")}), 422, "无法收下", "cannot be taken"),
    Row("a supplement nobody asked for", Page("parent08", "/my/cases/{permit}/supplement", post={"x": ""}, files={"file-home_proof": ("a.pdf", PDF)}), 303),
    Row("a supplement to another person's case", Page("mother", "/my/cases/{supplementing}/supplement", post={"x": ""}, files={"file-home_proof": ("a.pdf", PDF)}), 404, NO_CASE, NO_CASE_EN),
    Row("a review of 0", reviewed(satisfaction="0"), 422, LEVEL, LEVEL_EN),
    Row("a review of 6", reviewed(satisfaction="6"), 422, LEVEL, LEVEL_EN),
    Row("a review of ²", reviewed(satisfaction="²"), 422, LEVEL, LEVEL_EN),
    Row("a review without a level", reviewed(satisfaction=""), 422, LEVEL, LEVEL_EN),
    Row("a review before the case is settled", Page("parent08", "/my/reviews/new", post={**REVIEW, "case": "{permit}"}), 422, "不能“评价”", "does not allow “Reviewed”"),
    Row("a review of one part of a one-thing", reviewed(case="{settled}"), 422, "整体评价一次，请在总办件中评价", "reviewed once as a whole"),
    Row("a review of another person's case", Page("father", "/my/reviews/new", post=REVIEW), 404, NO_CASE, NO_CASE_EN),
    Row("a case is reviewed twice", reviewed(), 422, "已经评价过了", "reviewed already", after=(reviewed(comment="好" * 900, tags=["<script>", "efficiency"]),)),
    Row("tracking with a wrong code", Page("", "/track/", post={"no": "{whole}", "phone": "0001", "code": "AAAAAA"}), 422, UNMATCHED, "do not match"),
    Row("tracking with the right code and another phone", Page("", "/track/", post={"no": "{whole}", "phone": "9999", "code": "{track}"}), 422, UNMATCHED, "do not match"),
    Row("tracking with nothing filled in", Page("", "/track/", post={}), 422, "请填写办件编号", "case number"),
    Row("verifying garbage", shown(b"garbage"), 200, "文件没有可识别的电子签名。请向持证人索取原始 PDF", "no readable electronic signature"),
    Row("verifying a PDF nobody signed", shown(PDF), 200, "文件没有可识别的电子签名", "no readable electronic signature"),
    Row("verifying half a certificate", shown(b"{truncated}"), 200, "验证没有通过", "Not verified"),
    Row("verifying a certificate with one byte changed", altered(), 200, "签发后被改动过，不可采信", "It has been changed since it was signed"),
    Row("verifying an identifier nobody issued", Page("", "/verify/1.2.156.3005.2.NOSUCH/"), 200, "本平台没有这个证照的签发记录", "no record of this certificate"),
    Row("verifying nothing at all", Page("", "/verify/", post={}), 422, "请填写证照标识，或者上传 PDF 文件", "Enter the certificate identifier"),
    Row("a code to show that was forged", Page("", "/verify/shown/forged/"), 410, "这个二维码过期了", "This code has expired"),
]  # fmt: skip
