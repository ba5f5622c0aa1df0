"""What reports consist of: each module turns the rows of a few marts into sections, tables and sentences.

Nothing here knows which report shows it, or whether that becomes a page, Markdown, slides or values.
"""
