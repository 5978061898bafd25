import pytest

from producer.sources.fetching.addresses import may_connect

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "2606:2800:220:1::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]
INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.31.255.1",
    "192.168.0.1",
    "::1",
    "fd00::1",
    "::ffff:127.0.0.1",
]
NEVER = [
    "0.0.0.0", "169.254.169.254", "100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "198.18.0.1", "192.0.2.1", "203.0.113.9", "192.0.0.8", "::", "fe80::1", "fe80::1%eth0",
    "ff02::1", "fec0::1", "::127.0.0.1", "2001:db8::1", "2001:0:7f00:1::", "100::1",
    "64:ff9b:1::1", "5f00::1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "localhost", "",
    "127.1", "2130706433", "0x7f.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_connected_to(address: str) -> None:
    assert may_connect(address)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_the_house_only_where_a_setting_says_so(address: str) -> None:
    assert not may_connect(address)
    assert may_connect(address, inside=True)


@pytest.mark.parametrize("address", NEVER)
def test_what_is_no_ones_address_never_is(address: str) -> None:
    assert not may_connect(address)
    assert not may_connect(address, inside=True)


@pytest.mark.parametrize("carrier", ["2002:{}::", "64:ff9b::{}", "::ffff:{}"])
def test_an_address_that_carries_another_is_judged_by_that_one(carrier: str) -> None:
    assert may_connect(carrier.format("0808:0808"))
    assert not may_connect(carrier.format("a9fe:a9fe"), inside=True)
    assert not may_connect(carrier.format("0a00:0001"))
