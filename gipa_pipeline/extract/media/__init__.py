"""From bytes to text and grids, one module a medium (各类文件).

``kinds`` tells what some bytes are, ``document`` is what every reader gives. Labels, forms and what a number
means are not known here.
"""
