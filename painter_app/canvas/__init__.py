"""The canvas: shows an image, its mask and its annotation, and turns the pointer into strokes."""
