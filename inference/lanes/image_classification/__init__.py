"""What an image shows: the image's own bytes go in, the most likely labels come out."""
