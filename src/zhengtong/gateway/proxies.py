"""Who really calls（可信代理）: what a proxy says of the caller is believed from the proxies the site names, and from nobody else.

`ZHENGTONG_TRUSTED_PROXIES` lists their addresses or networks. From one of these the caller's address is the last of
`X-Forwarded-For` that is not a trusted proxy itself, and the certificate the caller proved to it（双向 TLS）is taken from
`Client-Cert` (RFC 9440) or from `X-Client-Cert` (PEM, percent-encoded, as nginx writes `$ssl_client_escaped_cert`). The
proxy has checked chain, term and revocation; here only the fingerprint counts. A proxy must overwrite these headers.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import ssl
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import unquote

from django.conf import settings

from zhengtong.kit import Refused

PEER = "zhengtong.peer"
CERTIFICATES = ("HTTP_CLIENT_CERT", "HTTP_X_CLIENT_CERT")


def see_through(environ: dict) -> dict:
    """Put the caller's own address into REMOTE_ADDR, keeping the peer's; nothing is believed of an untrusted peer."""
    environ[PEER] = peer = environ.get("REMOTE_ADDR", "")
    if is_trusted(peer):
        named = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        environ["REMOTE_ADDR"] = next((one for one in reversed(named) if not is_trusted(one)), peer)
    return environ


def certificate_of(environ: dict) -> str:
    """Return the fingerprint of the certificate the caller came with, "" for none; refused from an untrusted peer."""
    by_rfc, by_nginx = CERTIFICATES
    name = by_rfc if environ.get(by_rfc) else by_nginx
    if not environ.get(name):
        return ""
    if not is_trusted(environ.get(PEER, environ.get("REMOTE_ADDR", ""))):
        raise Refused(
            "gateway.certificate.untrusted",
            "客户端证书只接受可信代理转来的。请平台运维在“可信代理”设置中登记该代理的地址。",
            "A client certificate is taken from trusted proxies only: operators, name the proxy in the setting.",
            status=401,
        )
    try:
        return hashlib.sha256(der_of(environ[name], is_pem=name != CERTIFICATES[0])).hexdigest()
    except ValueError:
        raise Refused(
            "gateway.certificate.unreadable",
            "代理转来的客户端证书无法识别。请平台运维核对代理的配置。",
            "The client certificate a proxy passed on cannot be read: operators, check the proxy.",
            status=401,
        ) from None


def der_of(text: str, *, is_pem: bool) -> bytes:
    """Return a certificate's DER from a header; ValueError when it is none."""
    if is_pem:
        return ssl.PEM_cert_to_DER_cert(unquote(text))
    if not (text.startswith(":") and text.endswith(":") and len(text) > 2):
        raise ValueError("no byte sequence")
    return base64.b64decode(text[1:-1], validate=True)


def is_trusted(address: str) -> bool:
    """Return whether an address is one of the site's own proxies."""
    listed = settings.ZHENGTONG_TRUSTED_PROXIES
    if not listed:
        return False
    try:
        return any(ipaddress.ip_address(address) in network for network in networks(tuple(listed)))
    except ValueError:
        return False


@lru_cache(maxsize=8)
def networks(listed: Sequence[str]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in listed)
