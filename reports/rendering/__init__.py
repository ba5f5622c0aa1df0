"""A document.Document written out: as an HTML page, Markdown, slides or comma-separated values. No mart is read here."""
