"""lakesift and its peers on the same input, in one run on one machine; `make bench` writes docs/performance.md."""
