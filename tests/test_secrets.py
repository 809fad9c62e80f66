"""Secrets reach neither messages nor what is kept of settings and recipes."""

from __future__ import annotations

import pytest

from lakesift.errors import SourceError, redacted, redacted_text


def test_values_of_secrets_go_from_settings_and_all_options_of_a_store() -> None:
    settings = {
        "crawl": "one",
        "store": {"retries": 3, "options": {"key": "AKIA1", "secret": "SEKRET", "anon": False}},
        "api_token": "SEKRET",
        "keys": {"language": "en"},
        "paths": ["s3://me:SEKRET@host/a", "https://host/a?X-Amz-Signature=SEKRET&b=1"],
        "keep": ["score"],
    }
    kept = redacted(settings)
    assert "SEKRET" not in str(kept)
    assert "AKIA1" not in str(kept)
    assert kept["store"]["retries"] == 3
    assert (kept["crawl"], kept["keep"], kept["keys"]) == ("one", ["score"], {"language": "en"})
    assert kept["paths"] == ["s3://***@host/a", "https://host/a?X-Amz-Signature=***&b=1"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "--set ingest.store.options.key=AKIA1 --set ingest.crawl=one",
            "--set ingest.store.options.key=*** --set ingest.crawl=one",
        ),
        ("store: {options: {secret: SEKRET, anon: no}}", "store: {options: {secret: ***, anon: no}}"),
        ('    client_secret: "a b"\n    crawl: one', "    client_secret: ***\n    crawl: one"),
        ("ftp://me:pw@host/file", "ftp://***@host/file"),
        ("https://acc.blob/x?sv=2024&sig=abc%3D", "https://acc.blob/x?sv=***&sig=***"),
        ("tokens_per_character < 3 and words > 2", "tokens_per_character < 3 and words > 2"),
        ("tokens_per_character: 3, max_tokens=5", "tokens_per_character: 3, max_tokens=5"),
        ("documents.signature: signatures of 8 and 12 bytes", "documents.signature: signatures of 8 and 12 bytes"),
        ("AWS_SECRET_ACCESS_KEY=SEKRET", "AWS_SECRET_ACCESS_KEY=***"),
        ("mail me@host.example", "mail me@host.example"),
    ],
)
def test_secrets_go_from_recipes_commands_and_urls(text: str, shown: str) -> None:
    assert redacted_text(text) == shown


def test_no_message_of_an_error_tells_one() -> None:
    error = SourceError(
        "cannot be read", where="s3://me:SEKRET@host/a", next_step="lakesift run a --set x.options.k=SEKRET"
    )
    assert "SEKRET" not in str(error)
