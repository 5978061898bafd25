"""What the HTTP sides of all three programs share."""
