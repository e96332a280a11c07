"""Panels beside the canvas: each shows something and signals what the user chose; the window wires them."""
