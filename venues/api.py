"""The venues API: parse, one call, render."""
