"""From text and grids to the cells of a form, twice and independently (表格两路读取).

``structure`` follows grids and labels, ``sequence`` labels and digits in reading order; ``runs`` and ``joint``
cut glued digits under the form's sums; ``agreement`` compares. What kind of file it was is not known here.
"""
