"""The sample crawl: a small invented web as WARC files, the truth about it, and a lake compared with that truth."""

from lakesift.sample.settings import SampleSettings
from lakesift.sample.write import SampleSummary, write_sample

__all__ = ["SampleSettings", "SampleSummary", "write_sample"]
