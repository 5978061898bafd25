"""The only place in `inference` that knows Kafka and Faust."""
