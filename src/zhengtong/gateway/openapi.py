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


#: address · method · name · what · parameters · answer · what it takes · status
OPERATIONS = (
    ("/{resource}/{key}", "get", "lookUp", "one row by its key", "resource key by fields case", "Found", "", 200),
    (
        "/{resource}",
        "get",
        "listRows",
        "a page of rows",
        "resource limit after conditions fields case",
        "Page",
        "",
        200,
    ),
    (
        "/{resource}/look-up",
        "post",
        "postLookUp",
        "one row, its key in the body",
        "resource",
        "Found",
        "LookUpCall",
        200,
    ),
    ("/{resource}/query", "post", "postQuery", "a page, conditions in the body", "resource", "Page", "QueryCall", 200),
    ("/{resource}/verify", "post", "verify", "same, different or absent", "resource", "Verdict", "VerifyCall", 200),
    ("/{resource}/batch", "post", "batch", "one result for each key", "resource", "Batch", "BatchCall", 200),
    ("/{resource}/export", "post", "requestExport", "ask for a file", "resource", "Export", "ExportCall", 202),
    ("/jobs/{job}", "get", "getExport", "how far an export is", "job", "Export", "", 200),
)


def paths() -> Schema:
    """Return every address; what reads rows also takes the headers that say who asks, and for whom."""
    root, known = PREFIX.rstrip("/"), parameters()
    told = {f"{root}/keys": {"get": operation("getKeys", "the key that signs answers", [], "Keys", security=[])}}
    for address, method, name, summary, taken, answer, body, status in OPERATIONS:
        listed_parameters = [known[one] for one in taken.split()]
        if "resource" in taken:
            listed_parameters += [officer_header(), represents_header()]
        made = operation(name, summary, listed_parameters, answer, body=body, status=status)
        told[f"{root}{address}"] = {method: made}
    told[f"{root}/jobs/{{job}}/file"] = {"get": file_operation(known["job"])}
    return told


def parameters() -> dict[str, Schema]:
    """Return what stands in addresses and queries, by name."""
    told = {
        "resource": ("path", "short name of the resource"),
        "key": ("path", "value of the key"),
        "job": ("path", "number of the export"),
        "by": ("query", "the key field, where the resource has several"),
        "fields": ("query", "comma-separated; left out means all that are granted"),
        "case": ("query", "number of the case this is read for"),
        "limit": ("query", "rows on a page, at most 1,000"),
        "after": ("query", "cursor of the page before"),
    }
    known = {name: parameter(place, name, words) for name, (place, words) in told.items()}
    known["limit"]["schema"] = {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}
    known["after"]["schema"] = {"type": "integer", "minimum": 0}
    suffixes = "、".join(f"field__{suffix}=" for suffix in OPERATORS if suffix)
    known["conditions"] = {
        "in": "query",
        "name": "conditions",
        "description": f"field=value; {suffixes}",
        "style": "form",
        "explode": True,
        "schema": {"type": "object", "additionalProperties": TEXT},
    }
    return known


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
