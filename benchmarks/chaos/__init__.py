"""The proof that nothing is lost: workers and brokers are killed, and what comes out is checked."""
