"""Run the stage of a recipe that takes its source in.

`spark-submit jobs/ingest.py RECIPE --lake LAKE`, with the options of `lakesift run`.
"""

import sys

from lakesift.cli.main import job

if __name__ == "__main__":
    job([*sys.argv[1:], "--phase", "ingest"])
