"""The bookings API: parse, one call, render."""
