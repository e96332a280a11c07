"""The window: shows images with their masks and records corrections. No torch."""
