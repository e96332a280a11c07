"""The session: what is open (project, image, unsaved strokes), and what goes on around it. Knows no widgets."""
