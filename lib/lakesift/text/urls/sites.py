"""Sites named in settings, and the documents that are of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import pyspark.sql.functions as F
from pydantic import AfterValidator
from pyspark.sql import Column

from lakesift.text.urls.urls import url_parts

DATASET_NAME = r"^[a-z][a-z0-9_]*$"


def _site(name: str) -> str:
    host = "" if set(name) & set("/:@?# ") else url_parts(f"http://{name}/")[0]
    if "." not in host:
        raise ValueError(f"{name!r} is no host name such as site.example")
    return host


Site = Annotated[str, AfterValidator(_site)]
"""A host name, in the form in which documents have theirs."""


def of_sites(host: Column, sites: Sequence[str]) -> Column:
    """Return whether a host is one of the sites or below one; never null."""
    found = F.lit(False)
    for site in sites:
        found |= F.endswith(F.concat(F.lit("."), host), F.lit(f".{site}"))
    return F.coalesce(found, F.lit(False))
