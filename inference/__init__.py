"""Kafka in front of models: batches of records in, one departure each out."""
