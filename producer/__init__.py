"""Puts requests on Kafka: from files, from samples, over HTTP."""
