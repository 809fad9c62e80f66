"""Promises of url_parts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakesift.text.urls.urls import url_parts


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.example.co.uk/a?b#c", ("www.example.co.uk", "example.co.uk")),
        ("HTTPS://User:Pass@WWW.Example.COM:8443/", ("www.example.com", "example.com")),
        ("http://a.github.io/", ("a.github.io", "github.io")),
        ("http://example.com./", ("example.com", "example.com")),
        ("http://bücher.example.de/", ("xn--bcher-kva.example.de", "example.de")),
        ("http://BÜCHER.de/", ("xn--bcher-kva.de", "xn--bcher-kva.de")),
        ("http://xn--bcher-kva.de/", ("xn--bcher-kva.de", "xn--bcher-kva.de")),
        ("http://例え.テスト/", ("xn--r8jz45g.xn--zckzah", "xn--r8jz45g.xn--zckzah")),
        ("http://192.168.0.1:80/", ("192.168.0.1", "192.168.0.1")),
        ("http://[2001:DB8::1]:80/", ("[2001:db8::1]", "[2001:db8::1]")),
        ("http://localhost/", ("localhost", "localhost")),
        ("http://co.uk/", ("co.uk", "co.uk")),
        ("http://a_b.example.com/", ("a_b.example.com", "example.com")),
        (" http://example.com/ ", ("example.com", "example.com")),
        ("example.com/x", ("", "")),
        ("mailto:a@b.c", ("", "")),
        ("http://", ("", "")),
        ("http://[::1", ("", "")),
        ("http://exa mple.com/", ("", "")),
        ("http://a..b/", ("", "")),
        ("http://" + "a" * 300 + ".com/", ("", "")),
        ("", ("", "")),
        ("\0\ud800", ("", "")),
    ],
)
def test_host_and_registered_domain(url: str, expected: tuple[str, str]) -> None:
    assert url_parts(url) == expected


@given(st.text() | st.text().map(lambda text: f"http://{text}/"))
def test_garbage_never_raises_and_the_domain_ends_the_host(url: str) -> None:
    host, domain = url_parts(url)
    assert host.endswith(domain)
    assert host.isascii()
    assert bool(host) == bool(domain)


def test_long_hosts_take_no_time() -> None:
    started = time.process_time()
    assert url_parts("http://" + "ü." * 1_000_000) == ("", "")
    assert time.process_time() - started < 2
