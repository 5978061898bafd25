"""What lies in a model's folder, understood without running it."""
