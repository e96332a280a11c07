"""What is made from masks, without Qt."""
