"""Takes results and dead letters off Kafka into a store, and gives them out over HTTP."""
