"""The sample crawl: a small invented web as WARC files, with its truth.

A lake made from it can be compared with the truth.
"""

from lakesift.sample.settings import SampleSettings
from lakesift.sample.write import SampleSummary, write_sample

__all__ = ["SampleSettings", "SampleSummary", "write_sample"]
