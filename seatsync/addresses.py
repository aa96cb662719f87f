"""Where webhooks may go: public addresses by https, so that nobody can make us call into our own network (S06).

An address is checked when it is saved and again when it is called: names are resolved once, every result is checked,
and the call goes to exactly that result (`posting`). A name that turns inwards in between finds nobody.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from showsewa.refusals import Invalid

LONGEST = 500
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.ASCII)
_INSIDE = ("localhost", "local", "internal", "lan", "home", "corp", "intranet", "home.arpa")
# Of IPv6 only what is handed out to the world. Outside it lie mapped and translated IPv4 (::ffff:10.0.0.1,
# 64:ff9b::/96), loopback and link-local; inside it the two tunnels that carry an IPv4 address.
_WORLD = ipaddress.ip_network("2000::/3")
_TUNNELS = (ipaddress.ip_network("2001::/32"), ipaddress.ip_network("2002::/16"))


class AddressRefused(Invalid):
    code = "ADDRESS_REFUSED"


@dataclass(frozen=True, slots=True)
class Address:
    """A URL whose form was checked. Made by `check` and `pin` alone. target: path and query."""

    url: str
    host: str
    port: int
    is_tls: bool
    target: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_tls else 80) else f"{host}:{self.port}"


def check(url: str) -> Address:
    """For a form or a body, before any transaction: it asks the name servers. Refuses: AddressRefused."""
    return pin(url)[0]


def pin(url: str) -> tuple[Address, str]:
    """The address and the one IP to call it at. Refuses: AddressRefused when any result of its name is not public."""
    address = parse(url)
    found = _resolve(address)
    if not found:
        raise _refused(_("This name cannot be resolved."))
    if not all(_may_call(ip) for ip in found):
        raise _refused(_("This address is not public."))
    return address, found[0]


def parse(url: str) -> Address:
    """Its form, without asking anybody. Refuses: AddressRefused."""
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or set(url) & set(' \\"<>^`{|}'):
        raise _refused(_("Write the address in plain ASCII; a name of another script as xn--..."))
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise _refused(_("This is not an address."))
    if parts.username is not None or parts.password is not None or "@" in parts.netloc or parts.fragment:
        raise _refused(_("Leave user name, password and #fragment away."))
    _check_host(host, is_bracketed="[" in parts.netloc)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(host)):
        raise _refused(_("Use https."))
    is_tls = parts.scheme == "https"
    port = port if port is not None else (443 if is_tls else 80)
    if port < 1024 and port not in ((443,) if is_tls else (80,)):
        raise _refused(_("Use port 443, or one from 1024 on."))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(url, host, port, is_tls, target)


def _check_host(host: str, *, is_bracketed: bool) -> None:
    if _as_ip(host) is not None:
        if is_bracketed is not (":" in host):
            raise _refused(_("This is not an address."))
        return
    labels = host.split(".")
    # 2130706433, 0x7f.1, 0177.0.0.1, 127.1: libraries read them as IPs, each in its own way, so nobody may.
    is_number = labels[-1].isdigit() or re.fullmatch(r"0x[0-9a-f]*", labels[-1]) is not None
    if is_number or not _NAME.fullmatch(host):
        raise _refused(_("This is not the name of a host."))
    if _is_here(host):
        return
    if len(labels) < 2 or any(host == end or host.endswith(f".{end}") for end in _INSIDE):
        raise _refused(_("This address is not public."))


def _resolve(address: Address) -> list[str]:
    if _as_ip(address.host) is not None:
        return [address.host]
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(sockaddr[0]) for *_kind, sockaddr in found]


def _may_call(text: str) -> bool:
    ip = _as_ip(text)
    if ip is None:
        return False
    if settings.WEBHOOKS_TO_LOOPBACK and ip.is_loopback:
        return True
    if isinstance(ip, ipaddress.IPv6Address):
        return ip in _WORLD and ip.is_global and not any(ip in tunnel for tunnel in _TUNNELS)
    return ip.is_global and not ip.is_multicast


def _is_here(host: str) -> bool:
    """This machine itself, where the setting allows it: for integrators who try things out."""
    if not settings.WEBHOOKS_TO_LOOPBACK:
        return False
    ip = _as_ip(host)
    return host == "localhost" if ip is None else ip.is_loopback


def _as_ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    if "%" in text:  # a zone: link-local by nature
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _refused(why: str) -> AddressRefused:
    return AddressRefused(why, errors=[{"pointer": "/url", "code": AddressRefused.code, "detail": why}])
