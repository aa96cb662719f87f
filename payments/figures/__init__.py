"""What was sold, where and by whom, in numbers: questions over many rows, each one statement. Reads only."""
