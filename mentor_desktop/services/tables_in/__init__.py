"""Tables from outside, made into checked rows: reading, headings, values, rows.

Knows no database: what comes out are frozen rows and, for everything that cannot be taken, the line
and the reason. The order is `reading.read_table`, `headers.propose_mapping`, `rows.read_…`.
"""
