"""A page's own statements: authors, dates, addresses, languages, licences, robots.

The last are rules for what robots may do with the page.
"""
