"""What results should be, one kind of test a file."""
