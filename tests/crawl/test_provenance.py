from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.provenance import digest_of, doc_id_of, fetch_time_of, target_url_of
from lakesift.crawl.pages.rejection import RecordRejected

UUID = "a86e23d9-cd9f-40a3-8484-b14bbb7d4677"


@pytest.mark.parametrize("written", [f"<urn:uuid:{UUID}>", f"<urn:uuid:{UUID.upper()}>", f"urn:uuid:{UUID}"])
def test_the_id_is_the_uuid_of_the_record_in_lower_case(written: str) -> None:
    assert doc_id_of({"warc-record-id": written}, ("warc-record-id",), "c", "/a", 5) == UUID


@pytest.mark.parametrize("written", [None, "", "<http://site/1>", f"<urn:uuid:{UUID}0>"])
def test_without_a_uuid_the_id_comes_from_where_the_record_stands(written: str | None) -> None:
    fields = {} if written is None else {"warc-record-id": written}
    found = doc_id_of(fields, ("warc-record-id",), "CC-MAIN-2024-22", "s3://b/ä.warc.gz", 5)
    assert found == str(uuid.uuid5(uuid.NAMESPACE_URL, "CC-MAIN-2024-22\ns3://b/ä.warc.gz\n5"))


def test_converted_records_take_the_id_that_they_refer_to() -> None:
    fields = {
        "warc-record-id": f"<urn:uuid:{'0' * 8}-0000-4000-8000-{'0' * 12}>",
        "warc-refers-to": f"<urn:uuid:{UUID}>",
    }
    assert doc_id_of(fields, ("warc-refers-to", "warc-record-id"), "c", "/a", 0) == UUID


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-05-18T01:58:10Z", datetime(2024, 5, 18, 1, 58, 10, tzinfo=UTC)),
        ("2024-05-18T01:58:10.123456789Z", datetime(2024, 5, 18, 1, 58, 10, 123456, tzinfo=UTC)),
        ("2008-10-20T05:21:46-07:00", datetime(2008, 10, 20, 12, 21, 46, tzinfo=UTC)),
        ("2016-09-19", datetime(2016, 9, 19, tzinfo=UTC)),
        ("2008-10-294T05:21:46-0700", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_fetch_times_are_utc_or_unknown(written: str, expected: datetime | None) -> None:
    assert fetch_time_of({"warc-date": written}) == expected


def test_target_urls_lose_the_brackets_of_old_wget() -> None:
    assert target_url_of({"warc-target-uri": "<http://site.example/a b>"}, Caps()) == "http://site.example/a b"


@pytest.mark.parametrize("url", ["", "<>", "http://a/\0", "http://a/\nb", "http://a/" + "ä" * 5_000])
def test_unusable_target_urls_are_rejected(url: str) -> None:
    with pytest.raises(RecordRejected, match="bad_target_uri"):
        target_url_of({"warc-target-uri": url}, Caps())


def test_digests_are_as_stated_or_sha1_in_base32() -> None:
    assert digest_of({"warc-payload-digest": "md5:x"}, b"") == "md5:x"
    # Common Crawl's own digest of an empty payload.
    assert digest_of({}, b"") == "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
