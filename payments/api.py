"""The payments API: parse, one call, render."""
