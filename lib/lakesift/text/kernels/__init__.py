"""Compiled kernels over UTF-8 bytes, and the tables that they read."""
