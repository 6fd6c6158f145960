"""The step `image`: makes renditions of an image, upright, in sRGB and without any metadata."""
