"""The commands of `brushloop-trainer`, one file each: its options, and what it does with them."""
