"""Data sets made by formulas, templates and a seed; every number is a function of (seed, purpose, row).

A module is a family; each builder takes its name and options and returns ``Raw``.  Row i belongs to class
i mod classes, so any n gives balanced classes, and the first rows stay the same when n grows.
"""
