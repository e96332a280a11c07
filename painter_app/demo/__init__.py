"""The demonstration: the real window and trainer, and a simulated user who teaches them on labelled images."""
