"""The payments pages: parse, one call, render."""
