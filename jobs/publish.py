"""Run the stages of a recipe that publish data sets and index them.

`spark-submit jobs/publish.py RECIPE --lake LAKE`, with the options of `lakesift run`.
"""

import sys

from lakesift.cli.main import job

if __name__ == "__main__":
    job([*sys.argv[1:], "--phase", "publish"])
