"""From which address a request comes, where calls, tries and reports are counted by it."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

#: Whoever has one IPv6 address has all of the network around it.
_IPV6_NETWORK = 64
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(request: HttpRequest) -> str:
    """An IPv4 address, or the network of an IPv6 one; empty where there is none, as at a Unix socket.

    Behind a proxy it is the last entry of the header into which that writes it, since those before it are what the client
    says. A last entry that no client can have, being a machine's own (loopback, link-local), is of a further proxy on the way.
    """
    forwarded = request.headers.get(settings.CLIENT_ADDRESS_HEADER, "") if settings.BEHIND_PROXY else ""
    for entry in reversed(forwarded.split(",")):
        address = _parsed(entry)
        if address is None:
            break
        if not address.is_loopback and not address.is_link_local:
            return _name(address)
    return _name(_parsed(request.META.get("REMOTE_ADDR", "")))


def _parsed(entry: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(entry.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _name(address: _Address | None) -> str:
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _IPV6_NETWORK), strict=False))
    return str(address or "")
