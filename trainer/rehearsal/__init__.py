"""The rehearsal: the whole loop with a simulated user on labelled images, so that learning can be measured."""
