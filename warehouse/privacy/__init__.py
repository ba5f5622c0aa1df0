"""Privacy: pseudonyms in what is published, and the erasure of a person from all that has landed."""
