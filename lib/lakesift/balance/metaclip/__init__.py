"""Machinery of MetaCLIP's balancing."""
