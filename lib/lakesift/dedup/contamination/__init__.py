"""Decontamination: which n-grams of benchmarks training documents hold, and what follows from that."""
