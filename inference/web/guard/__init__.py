"""Who may ask, how often, how much at once: what stands before every HTTP side."""
