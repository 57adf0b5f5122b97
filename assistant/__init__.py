"""A question in, a cited and checked answer out; and the faces that show it."""
