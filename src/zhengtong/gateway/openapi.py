"""The gateway's own description（接口描述）: OpenAPI 3.1, answered at /gateway/v1/openapi.json and fuzzed against the callable."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from zhengtong.gateway.calls import PREFIX
from zhengtong.gateway.filters import OPERATORS

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
VALUES: Schema = {"type": "object", "description": "field → value; decimals and dates are text, exact"}
REFUSALS = {
    401: "no, wrong, expired or replayed proof of who calls",
    403: "no grant covers this",
    404: "there is no such address, resource, export or file",
    405: "this way of calling does not exist here",
    409: "the grant changed meanwhile",
    413: "the body is larger than 1 MB",
    422: "a parameter or the body is wrong",
    429: "the day's quota or the rate of the grant is used up",
    502: "the provider's own API could not be reached or did not answer as agreed; `hop` is `upstream`",
    504: "the provider's own API did not answer in time; `hop` is `upstream`",
    503: "the grant cannot be checked or the read not recorded, so nothing is given",
}


@lru_cache(maxsize=1)
def description() -> Schema:
    """Return the whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "政通共享网关 / Zhengtong sharing gateway",
            "version": "1",
            "description": "Reads of shared data under a grant. Calls are proven by secret or by RFC 9421 signature; "
            "answers carry Content-Digest, Zhengtong-Request and a signature over both.",
        },
        "servers": [{"url": "/"}],
        "security": [{"secret": []}, {"signature": []}],
        "paths": paths(),
        "components": {"schemas": schemas(), "securitySchemes": security(), "responses": refusals()},
    }


def paths() -> Schema:
    resource = parameter("path", "resource", "short name of the resource")
    officer, represents = officer_header(), represents_header()
    case = parameter("query", "case", "number of the case this is read for")
    by = parameter("query", "by", "the key field, where the resource has several")
    fields = parameter("query", "fields", "comma-separated; left out means all that are granted")
    key, job = parameter("path", "key", "value of the key"), parameter("path", "job", "number of the export")
    conditions = "、".join(f"field__{suffix}=" for suffix in OPERATORS if suffix)
    page = [
        {
            **parameter("query", "limit", "rows on a page, at most 1,000"),
            "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
        },
        {
            **parameter("query", "after", "cursor of the page before"),
            "schema": {"type": "integer", "minimum": 0},
        },
        {
            "in": "query",
            "name": "conditions",
            "description": f"field=value; {conditions}",
            "style": "form",
            "explode": True,
            "schema": {"type": "object", "additionalProperties": TEXT},
        },
    ]
    root = PREFIX.rstrip("/")
    return {
        f"{root}/keys": {"get": operation("getKeys", "the key that signs answers", [], "Keys", security=[])},
        f"{root}/{{resource}}/{{key}}": {
            "get": operation(
                "lookUp", "one row by its key", [resource, key, by, fields, case, officer, represents], "Found"
            )
        },
        f"{root}/{{resource}}": {
            "get": operation("listRows", "a page of rows", [resource, *page, fields, case, officer, represents], "Page")
        },
        f"{root}/{{resource}}/look-up": {
            "post": operation(
                "postLookUp",
                "one row, its key in the body",
                [resource, officer, represents],
                "Found",
                body="LookUpCall",
            )
        },
        f"{root}/{{resource}}/query": {
            "post": operation(
                "postQuery",
                "a page, its conditions in the body",
                [resource, officer, represents],
                "Page",
                body="QueryCall",
            )
        },
        f"{root}/{{resource}}/verify": {
            "post": operation(
                "verify", "same, different or absent", [resource, officer, represents], "Verdict", body="VerifyCall"
            )
        },
        f"{root}/{{resource}}/batch": {
            "post": operation(
                "batch", "one result for each key", [resource, officer, represents], "Batch", body="BatchCall"
            )
        },
        f"{root}/{{resource}}/export": {
            "post": operation(
                "requestExport",
                "ask for a file",
                [resource, officer, represents],
                "Export",
                body="ExportCall",
                status=202,
            )
        },
        f"{root}/jobs/{{job}}": {"get": operation("getExport", "how far an export is", [job], "Export")},
        f"{root}/jobs/{{job}}/file": {"get": file_operation(job)},
    }


def operation(
    name: str,
    summary: str,
    parameters: list[Schema],
    answer: str,
    *,
    body: str = "",
    status: int = 200,
    security: list[Any] | None = None,
) -> Schema:
    told: Schema = {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {
            str(status): {"description": summary, "content": {"application/json": {"schema": reference(answer)}}},
            **{str(code): {"$ref": f"#/components/responses/{code}"} for code in REFUSALS},
        },
    }
    if body:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference(body)}}}
    if security is not None:
        told["security"] = security
    return told


def file_operation(job: Schema) -> Schema:
    told = operation("getExportFile", "the finished file", [job], "Export")
    binary = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
    kinds = ("text/csv", "application/x-ndjson", "application/vnd.apache.parquet")
    told["responses"]["200"] = {"description": "the finished file", "content": dict.fromkeys(kinds, binary)}
    return told


def schemas() -> Schema:
    told = {"resource": TEXT, "provider": TEXT, "grant": TEXT, "receipt": TEXT, "retrieved_at": TEXT}
    row = {"found": {"type": "boolean"}, "values": VALUES}
    verdict = {"type": "object", "additionalProperties": {"enum": ["same", "different", "absent"]}}
    fields = {"type": "array", "items": TEXT}
    asked = {"by": TEXT, "case": TEXT}
    return {
        "Found": record({**row, **told}),
        "Page": record({"rows": listed(VALUES), "total": COUNT, "after": {"type": ["integer", "null"]}, **told}),
        "Verdict": record({"result": verdict, **told}),
        "Batch": record({"results": listed(record(row)), **told}),
        "Export": record(
            {
                "job": TEXT,
                "status": {"enum": ["waiting", "running", "done", "failed", "expired"]},
                "progress": {"type": "integer", "minimum": 0, "maximum": 100},
                "address": TEXT,
                "file": {"type": ["string", "null"]},
                "format": {"enum": ["csv", "parquet", "jsonl"]},
                "fields": fields,
                "rows": {"type": ["integer", "null"]},
                "bytes": {"type": ["integer", "null"]},
                "sha256": TEXT,
                "receipt": TEXT,
                "problem": {"type": ["object", "null"]},
                "expires_at": {"type": ["string", "null"]},
            }
        ),
        "Keys": record(
            {"keys": listed(record({"keyid": TEXT, "alg": {"enum": ["ed25519", "sm2-sm3"]}, "public_key": TEXT}))}
        ),
        "LookUpCall": record({"key": TEXT}, {**asked, "fields": fields}),
        "QueryCall": record(
            {},
            {
                "filters": {"type": "object", "additionalProperties": TEXT},
                "limit": {"type": "integer", "minimum": 1, "maximum": 1000},
                "after": {"type": ["integer", "null"], "minimum": 0},
                "fields": fields,
                "case": TEXT,
            },
        ),
        "VerifyCall": record({"key": TEXT, "values": VALUES}, {**asked}),
        "BatchCall": record({"keys": {**listed(TEXT), "minItems": 1, "maxItems": 100}}, {**asked, "fields": fields}),
        "ExportCall": record(
            {},
            {
                "format": {"enum": ["csv", "parquet", "jsonl"]},
                "filters": {"type": "object", "additionalProperties": TEXT},
                "fields": fields,
                "case": TEXT,
            },
        ),
        "Problem": record(
            {"type": TEXT, "title": TEXT, "detail": TEXT, "status": COUNT, "code": TEXT, "instance": TEXT, "hop": TEXT},
            {"basis": TEXT, "field": TEXT, "facts": {"type": "object"}},
        ),
    }


def refusals() -> Schema:
    content = {"application/problem+json": {"schema": reference("Problem")}}
    return {str(code): {"description": told, "content": content} for code, told in REFUSALS.items()}


def security() -> Schema:
    signature = "RFC 9421 over @method @path @query (content-digest), Ed25519 or SM2, with created, nonce, keyid, alg"
    return {
        "secret": {"type": "http", "scheme": "basic", "description": "client id and secret"},
        "signature": {"type": "apiKey", "in": "header", "name": "Signature", "description": signature},
    }


def record(required: Schema, optional: Schema | None = None) -> Schema:
    return {"type": "object", "properties": {**required, **(optional or {})}, "required": list(required)}


def listed(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def parameter(place: str, name: str, told: str) -> Schema:
    return {
        "in": place,
        "name": name,
        "description": told,
        "schema": {**TEXT, "minLength": 1} if place == "path" else TEXT,
        **({"required": True} if place == "path" else {}),
    }


def represents_header() -> Schema:
    return parameter(
        "header", "X-Represents", "identity number of the person the call is made for; kept as a blind index"
    )


def officer_header() -> Schema:
    return parameter("header", "X-Officer", "the officer who asked, as the calling system knows them")
