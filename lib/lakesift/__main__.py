"""`python -m lakesift` is the command `lakesift`."""

from lakesift.cli import main

main()
