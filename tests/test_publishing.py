"""Sites that a data set is without are named as hosts are."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from lakesift.publish.publish import PublishSettings


@pytest.mark.parametrize(
    ("named", "host"),
    [("Site.Example", "site.example"), ("münchen.de", "xn--mnchen-3ya.de"), ("x.org.", "x.org"), ("10.0.0.1",) * 2],
)
def test_a_site_is_kept_as_its_pages_have_their_host(named: str, host: str) -> None:
    assert PublishSettings(dataset="a", without_sites=(named,)).without_sites == (host,)


@pytest.mark.parametrize(
    "named", ["https://x.org", "x.org/path", "me@x.org", "x.org:80", "org", "", "a b.org", ".x.org"]
)
def test_what_is_no_host_is_refused(named: str) -> None:
    with pytest.raises(ValidationError, match="is no host name such as"):
        PublishSettings(dataset="a", without_sites=(named,))
