"""A small convolutional network in JAX: six layers, each normalised over its batch."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

# Channels, and by how much a layer shrinks the picture.
LAYERS = ((24, 2), (48, 2), (48, 1), (96, 2), (96, 1), (160, 2))
MEAN, SPREAD = 127.5, 64.0
KEPT = 0.95  # of the running statistics at each step
TINY = 1e-3


class Layer(NamedTuple):
    """A convolution and the scaling behind it."""

    kernel: jax.Array  # height, width, in, out
    scale: jax.Array
    shift: jax.Array


class Weights(NamedTuple):
    """What is learnt."""

    layers: list[Layer]
    head: jax.Array
    bias: jax.Array


class Statistics(NamedTuple):
    """Mean and variance of a layer's output, as running means."""

    mean: jax.Array
    variance: jax.Array


def initial(classes: int, seed: int) -> tuple[Weights, list[Statistics]]:
    """Random weights of a size that keeps signals as they are."""
    keys = jax.random.split(jax.random.key(seed), len(LAYERS) + 1)
    layers, statistics, before = [], [], 3
    for key, (channels, _) in zip(keys, LAYERS, strict=False):
        kernel = jax.random.normal(key, (3, 3, before, channels)) * jnp.sqrt(2 / (9 * before))
        layers.append(Layer(kernel, jnp.ones(channels), jnp.zeros(channels)))
        statistics.append(Statistics(jnp.zeros(channels), jnp.ones(channels)))
        before = channels
    head = jax.random.normal(keys[-1], (before, classes)) * jnp.sqrt(1 / before)
    return Weights(layers, head, jnp.zeros(classes)), statistics


def train_scores(
    weights: Weights, statistics: list[Statistics], pictures: jax.Array
) -> tuple[jax.Array, list[Statistics]]:
    """Scores normalised by the batch's own statistics, and the running ones moved towards them."""
    signal, moved = (pictures - MEAN) / SPREAD, []
    for layer, old, (_, stride) in zip(weights.layers, statistics, LAYERS, strict=True):
        signal = _convolved(signal, layer.kernel, stride)
        mean, variance = signal.mean((0, 1, 2)), signal.var((0, 1, 2))
        moved.append(
            Statistics(
                KEPT * old.mean + (1 - KEPT) * mean, KEPT * old.variance + (1 - KEPT) * variance
            )
        )
        signal = _scaled(signal, layer, Statistics(mean, variance))
    return signal.mean((1, 2)) @ weights.head + weights.bias, moved


def scores(weights: Weights, statistics: list[Statistics], pictures: jax.Array) -> jax.Array:
    """What the exported network computes as well."""
    signal = (pictures - MEAN) / SPREAD
    for layer, known, (_, stride) in zip(weights.layers, statistics, LAYERS, strict=True):
        signal = _scaled(_convolved(signal, layer.kernel, stride), layer, known)
    return signal.mean((1, 2)) @ weights.head + weights.bias


def _convolved(signal: jax.Array, kernel: jax.Array, stride: int) -> jax.Array:
    return jax.lax.conv_general_dilated(
        signal,
        kernel,
        (stride, stride),
        ((1, 1), (1, 1)),
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )


def _scaled(signal: jax.Array, layer: Layer, known: Statistics) -> jax.Array:
    normal = (signal - known.mean) / jnp.sqrt(known.variance + TINY)
    return jax.nn.relu(normal * layer.scale + layer.shift)
