"""What the window and the trainer share: the folder's contract. Knows neither Qt nor torch."""
