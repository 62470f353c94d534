"""Whether lists, counts, search and the page of a document stay as quick with a million documents as with ten thousand."""
