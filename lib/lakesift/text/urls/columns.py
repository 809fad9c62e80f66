"""Parts of URLs as columns."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from pyspark.sql import Column
from pyspark.sql.pandas.functions import pandas_udf

from lakesift.text.urls.urls import url_parts


def parts_of_url(address: Column) -> Column:
    """struct<host: string, registered_domain: string> of URLs, see `url_parts`; both "" where there is no URL."""

    @pandas_udf("host string, registered_domain string")  # type: ignore[call-overload, untyped-decorator]
    def parts(batches: Iterator[pd.Series]) -> Iterator[pd.DataFrame]:
        for urls in batches:
            yield pd.DataFrame([url_parts(url or "") for url in urls], columns=["host", "registered_domain"])

    column: Column = parts(address)
    return column
