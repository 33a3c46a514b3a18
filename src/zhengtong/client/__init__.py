"""A client of the sharing gateway（网关客户端）for systems written in Python: `Gateway(address, client_id, key=…)`."""

from zhengtong.client.answers import Decline, ExportTold, Found, Page, Verdict
from zhengtong.client.gateway import Gateway
from zhengtong.client.signing import Key, UntrustedAnswer

__all__ = ["Decline", "ExportTold", "Found", "Gateway", "Key", "Page", "UntrustedAnswer", "Verdict"]
