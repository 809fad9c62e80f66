"""Compares rules and values with the implementations that they are named after."""
