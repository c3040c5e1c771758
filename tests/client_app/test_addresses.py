"""By which address a request is counted."""

from typing import Any

import pytest
from django.test import RequestFactory

from facedetect.addresses import address_of


def come(peer: str, forwarded: str | None = None) -> str:
    more = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return address_of(RequestFactory().get("/", REMOTE_ADDR=peer, **more))


@pytest.mark.parametrize("forwarded", [None, "", "203.0.113.9", "203.0.113.9, 198.51.100.4"])
def test_without_a_proxy_it_is_the_connections_whatever_the_client_says(forwarded: str | None) -> None:
    assert come("192.0.2.7", forwarded) == "192.0.2.7"


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (None, "10.0.0.1"),
        ("", "10.0.0.1"),
        ("nonsense", "10.0.0.1"),
        ("198.51.100.4", "198.51.100.4"),
        ("203.0.113.9, 198.51.100.4", "198.51.100.4"),
        ("203.0.113.9,10.1.2.3", "10.1.2.3"),
        ("203.0.113.9, nonsense", "10.0.0.1"),
        ("203.0.113.9, 198.51.100.4, 169.254.1.1", "198.51.100.4"),
        ("203.0.113.9, 198.51.100.4, 127.0.0.1", "198.51.100.4"),
    ],
)
def test_behind_a_proxy_it_is_what_the_proxy_added(settings: Any, forwarded: str | None, address: str) -> None:
    settings.BEHIND_PROXY = True
    assert come("10.0.0.1", forwarded) == address


@pytest.mark.parametrize(("told", "address"), [({}, "10.0.0.1"), ({"HTTP_X_REAL_IP": "198.51.100.4"}, "198.51.100.4")])
def test_a_proxy_that_tells_it_elsewhere_is_believed_there_alone(settings: Any, told: dict[str, str], address: str) -> None:
    settings.CLIENT_ADDRESS_HEADER = "X-Real-IP"
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9", **told)
    assert address_of(request) == "10.0.0.1"
    settings.BEHIND_PROXY = True
    assert address_of(request) == address


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("", ""),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_of_ipv6_it_is_the_network(peer: str, address: str) -> None:
    assert come(peer) == address
