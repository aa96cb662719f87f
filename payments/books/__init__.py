"""The books: each day beside the gateways' own lists, each clerk's till, and the one equation over all of it."""
