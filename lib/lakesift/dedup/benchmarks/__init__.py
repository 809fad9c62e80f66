"""Finding text of benchmarks in documents."""
