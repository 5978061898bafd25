"""Which addresses may be connected to, so that a feed cannot make us ask inside the house."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

# Python's own judgement of what is global differs from release to release; these hold in all.
_NEVER = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "2001::/23", "2001:db8::/32", "3fff::/20",
    )
)  # fmt: skip
_INSIDE = tuple(
    ip_network(network)
    for network in (
        "10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7",
    )
)  # fmt: skip
_UNICAST = ip_network("2000::/3")
# Addresses that carry an IPv4 address: the network, and how many bits stand after that address.
_CARRIERS = (
    (ip_network("::ffff:0:0/96"), 0),
    (ip_network("64:ff9b::/96"), 0),
    (ip_network("2002::/16"), 80),
)


def may_connect(address: str, *, inside: bool = False) -> bool:
    """Whether the address is public; with `inside`, also if it is private or loopback."""
    try:
        found = _carried(ip_address(address))
    except ValueError:
        return False
    if any(found in network for network in _INSIDE):
        return inside
    if found.version == 6 and found not in _UNICAST:  # noqa: PLR2004 - the protocol's name
        return False
    return not any(found in network for network in _NEVER)


def _carried(address: Address) -> Address:
    for network, after in _CARRIERS:
        if address in network:
            return IPv4Address(int(address) >> after & 0xFFFF_FFFF)
    return address
