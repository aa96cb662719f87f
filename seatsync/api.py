"""The seatsync API: parse, one call, render."""
