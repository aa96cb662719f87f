"""The venues pages: parse, one call, render."""
