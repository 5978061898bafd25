"""Takes a news article in any of the usual forms, gives its sentiment, summary and keywords."""
