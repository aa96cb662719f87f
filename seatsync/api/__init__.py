"""Edge: seat maps, reports of sales, blocks, conflicts and the journal over HTTP."""
