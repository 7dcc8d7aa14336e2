"""Measured figures: how fast documents are read and checked, beside the libraries underneath, and in what memory."""
