"""What a report says besides its tables: title and dates, the six parts, the numbers in sentences (文字部分).

No number of a table is taken from here, and nothing is compared with the tables: that is ``validate``.
"""
