"""Calls that work when copied（调用示例）: curl and Python for the gateway, with this resource's own key and fields."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.portals.data.contexts import Example

CURL = """export ZT_CLIENT={client} ZT_SECRET={secret}
curl -u "$ZT_CLIENT:$ZT_SECRET" \\
  "{address}/gateway/v1/{name}/{key}?by={key_field}&fields={fields}&case={case}"
"""
PYTHON = """import base64, json, os, urllib.parse, urllib.request

client, secret = os.environ["ZT_CLIENT"], os.environ["ZT_SECRET"]
query = urllib.parse.urlencode({{"by": "{key_field}", "fields": "{fields}", "case": "{case}"}})
url = "{address}/gateway/v1/{name}/" + urllib.parse.quote("{key}", safe="") + "?" + query
token = base64.b64encode(f"{{client}}:{{secret}}".encode()).decode()
request = urllib.request.Request(url, headers={{"Authorization": f"Basic {{token}}"}})
with urllib.request.urlopen(request) as response:
    answer = json.load(response)
print(answer["found"], answer["values"], answer["receipt"])
"""


def examples_of(resource: ResourceShape, fields: tuple[str, ...]) -> tuple[Example, ...]:
    """Return the examples for a resource, asking for the granted fields, else for its first two."""
    told = {
        "address": settings.ZHENGTONG_ADDRESS,
        "name": resource.name,
        "key": _("主键值"),
        "key_field": resource.keys[0] if resource.keys else "",
        "fields": ",".join(fields or tuple(item.name for item in resource.fields[:2])),
        "client": _("应用标识"),
        "secret": _("密钥"),
        "case": "",
    }
    return (Example("curl", CURL.format(**told)), Example("Python", PYTHON.format(**told)))
