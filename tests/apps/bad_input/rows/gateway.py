"""The sharing gateway（共享网关）: who calls, with which secret, under which grant, for which fields."""

from __future__ import annotations

from tests.apps.bad_input.doors import Gateway
from tests.apps.bad_input.rows.row import Row

MOTHER = "/gateway/v1/population/{mother_id}"
AGAIN, AGAIN_EN = "请向提供部门重新申请或补充申请", "ask the provider for a new or wider grant"
SECRET, SECRET_EN = "应用标识或密钥不对，或该应用已停用", "The client id or secret is wrong"  # noqa: S105 - words
HOW, HOW_EN = "请用应用标识和密钥调用", "Call with your client id and secret"
KEY, KEY_EN = "须至少给出一个查询主键", "Give at least one key"

ROWS = [
    Row("an expired grant", Gateway(MOTHER, "expired"), 403, f"到期。需要继续使用，{AGAIN}", AGAIN_EN),
    Row("a suspended grant", Gateway(MOTHER, "suspended"), 403, "已暂停（核查用途）", AGAIN_EN),
    Row("a revoked grant", Gateway(MOTHER, "revoked"), 403, "已撤销（用途已结束）", AGAIN_EN),
    Row("no grant on this resource", Gateway("/gateway/v1/marriages/{mother_id}"), 403, "没有使用数据资源 marriages 的授权", AGAIN_EN),
    Row("a resource that does not exist is told like one without a grant", Gateway("/gateway/v1/nosuch/{mother_id}"), 403, "没有使用数据资源 nosuch 的授权", AGAIN_EN),
    Row("a field beyond the grant", Gateway(f"{MOTHER}?fields=name,phone"), 403, "不含数据项：phone", "does not cover phone"),
    Row("a field that does not exist", Gateway(f"{MOTHER}?fields=nosuch"), 403, "不含数据项：nosuch", "does not cover nosuch"),
    Row("a key that is no key", Gateway(f"{MOTHER}?by=name"), 422, KEY, KEY_EN),
    Row("a key with SQL in its name", Gateway(f"{MOTHER}?by=id_number' OR '1'='1"), 422, KEY, KEY_EN),
    Row("a wrong secret", Gateway(MOTHER, secret="wrong"), 401, SECRET, SECRET_EN),
    Row("another client's secret", Gateway(MOTHER, secret="{revoked_secret}"), 401, SECRET, SECRET_EN),
    Row("a client nobody registered", Gateway(MOTHER, "zt-nobody", secret="x"), 401, SECRET, SECRET_EN),
    Row("no credentials", Gateway(MOTHER, header=""), 401, HOW, HOW_EN),
    Row("credentials that are not Base64", Gateway(MOTHER, header="Basic ???"), 401, HOW, HOW_EN),
    Row("credentials of another kind", Gateway(MOTHER, header="Bearer abc"), 401, HOW, HOW_EN),
    Row("an address with too many parts", Gateway("/gateway/v1/population/a/b/c"), 404, "地址应为 /gateway/v1/", "The address is /gateway/v1/"),
    Row("an address that climbs", Gateway("/gateway/v1/../etc/passwd/x"), 404, "地址应为 /gateway/v1/", "The address is /gateway/v1/"),
    Row("a look-up by DELETE", Gateway(MOTHER, method="DELETE"), 405, "GET", "GET"),
]  # fmt: skip
