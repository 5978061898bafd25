"""Draws leaves, trains a small network on them, exports it, measures it through the lane itself.

Run from the repository's root, about ten minutes on two cores:

    PYTHONPATH=.:models/leaf-diseases uv run --extra cpu --group train python -m training

ranges -> leaf -> diseases -> scene     a drawing, as JPEG bytes
network -> fit -> export                 weights, then model.onnx
measure -> standins -> report            light.onnx, prototypes.npz, model.yaml and README.md

`python -m training.finish` repeats the last line alone, without JAX: the extras cpu and quantize
are enough for it.
"""
