"""The screens of the app: one file each, with its styles beside it."""
