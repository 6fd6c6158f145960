"""The IP addresses that a request to the public internet may go to."""

import ipaddress

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""The only addresses of IPv6 that IANA has assigned to the internet.

https://www.iana.org/assignments/ipv6-address-space/ipv6-address-space.xhtml
"""

_SPECIAL_IPV4 = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv4Network("192.88.99.0/24"))
"""Addresses for protocols, which versions of Python judge differently: RFC 6890, 2.2.2, and RFC 7526."""


def is_public(address: str) -> bool:
    """True for a unicast address of the public internet.

    False for private, loopback, link-local, multicast, reserved and unspecified addresses, for addresses of IPv6 that
    contain one of IPv4 (mapped, 6to4, Teredo, NAT64), and for a text that is no address. The metadata services of AWS
    have link-local addresses and fd00:ec2::/32, which is private.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return _is_plain(parsed) and not any(parsed in network for network in _SPECIAL_IPV4)
    embeds_ipv4 = (parsed.ipv4_mapped, parsed.sixtofour, parsed.teredo) != (None, None, None)
    return parsed in _GLOBAL_UNICAST and not embeds_ipv4 and not parsed.scope_id and _is_plain(parsed)


def _is_plain(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
