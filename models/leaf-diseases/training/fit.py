"""Trains the network; the same seeds give the same weights on the same machine."""

import time
from collections.abc import Callable

import click
import jax
import jax.numpy as jnp
import numpy as np
import optax

from training.network import Statistics, Weights, initial, scores, train_scores
from training.pictures import Classes, Pixels, varied

BATCH = 64
RATE = 2e-3
DECAY = 1e-3
SEED = 20

Step = Callable[..., tuple[Weights, list[Statistics], optax.OptState, jax.Array]]


def fit(
    pictures: Pixels, classes: Classes, count: int, epochs: int
) -> tuple[Weights, list[Statistics]]:
    """Weights and statistics after so many passes over the drawings."""
    weights, statistics = initial(count, SEED)
    steps = epochs * (len(pictures) // BATCH)
    optimiser = optax.adamw(optax.cosine_decay_schedule(RATE, steps), weight_decay=DECAY)
    state, step = optimiser.init(weights), _step(optimiser)
    rng = np.random.default_rng(SEED)
    for epoch in range(epochs):
        started, losses = time.perf_counter(), []
        for rows in _batches(len(pictures), rng):
            seen = varied(pictures[rows], rng)
            weights, statistics, state, loss = step(weights, statistics, state, seen, classes[rows])
            losses.append(float(loss))
        seconds = time.perf_counter() - started
        click.echo(f"epoch {epoch + 1}: loss {np.mean(losses):.3f} in {seconds:.0f} s")
    return weights, statistics


def _batches(count: int, rng: np.random.Generator) -> list[np.ndarray]:
    order = rng.permutation(count)
    return [order[start : start + BATCH] for start in range(0, count - BATCH + 1, BATCH)]


def _step(optimiser: optax.GradientTransformation) -> Step:
    @jax.jit
    def step(
        weights: Weights,
        statistics: list[Statistics],
        state: optax.OptState,
        pictures: jax.Array,
        classes: jax.Array,
    ) -> tuple[Weights, list[Statistics], optax.OptState, jax.Array]:
        def loss(weights: Weights) -> tuple[jax.Array, list[Statistics]]:
            given, moved = train_scores(weights, statistics, pictures)
            wanted = optax.smooth_labels(jax.nn.one_hot(classes, given.shape[1]), 0.05)
            return optax.softmax_cross_entropy(given, wanted).mean(), moved

        (cost, moved), gradient = jax.value_and_grad(loss, has_aux=True)(weights)
        change, state = optimiser.update(gradient, state, weights)
        return optax.apply_updates(weights, change), moved, state, cost

    return step


def accuracy(
    weights: Weights, statistics: list[Statistics], pictures: Pixels, classes: Classes
) -> float:
    """Share of the pictures that get their own class."""
    given = [
        jax.jit(scores)(weights, statistics, jnp.asarray(part, jnp.float32)).argmax(1)
        for part in np.array_split(pictures, max(1, len(pictures) // 128))
    ]
    return float((np.concatenate(given) == classes).mean())
