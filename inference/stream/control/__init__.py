"""What a process says of itself on one topic, and how it obeys what comes on another."""
