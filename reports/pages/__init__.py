"""One module per report, and the front page: each composes its sections into a document.Document, in its audience's order."""
