"""Run a whole recipe: `spark-submit jobs/run.py RECIPE --lake LAKE [--source ARCHIVES]`; all options of `lakesift run`."""

import sys

from lakesift.cli.main import job

if __name__ == "__main__":
    job(sys.argv[1:])
