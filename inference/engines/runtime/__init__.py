"""How a model runs: on what, in batches of which size, and what becomes of it when that fails."""
