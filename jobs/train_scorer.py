"""Train a scorer on a table of labelled texts, and register it.

`spark-submit jobs/train_scorer.py NAME --labelled TABLE --lake LAKE`, with the options of `lakesift scorer train`.
"""

import sys

from lakesift.cli.main import main

if __name__ == "__main__":
    main(["scorer", "train", *sys.argv[1:]])
