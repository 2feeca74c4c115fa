"""Live events to browsers: the channel layer, publishing, the hub and its viewers."""

__all__ = ["backpressure", "hub", "layer", "probe", "publishing", "viewer", "wire"]
