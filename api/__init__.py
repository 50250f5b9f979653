"""HTTP, pages, and the command line: everything right of the results."""
