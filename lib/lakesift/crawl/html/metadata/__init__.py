"""What a page says of itself: authors, dates, addresses, languages, licences, and what robots may do with it."""
