"""Making and changing folders of images, without Qt."""
