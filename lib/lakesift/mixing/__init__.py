"""Operators of mixing; machinery sits in folders below."""
